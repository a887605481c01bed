import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Field, FixedSizeList, Float32, tableFromArrays, tableToIPC, Utf8, vectorFromArray, Table, List } from 'apache-arrow';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from './npy.ts';
import { readVectors } from './read-vectors.ts';

const ROWS = [
  [1, 0.5, -2],
  [0, 3, 4],
];
const WANTED = { values: Float32Array.from(ROWS.flat()), rows: 2, dim: 3 };

describe(readVectors, () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-vectors-'));
    const names = vectorFromArray(['a', 'b'], new Utf8());
    const number = new Field('item', new Float32(), false);
    const fixed = vectorFromArray(ROWS, new FixedSizeList(3, number));
    const lists = vectorFromArray(ROWS, new List(number));
    await writeFile(at('fixed.arrow'), tableToIPC(new Table({ id: names, vector: fixed }), 'file'));
    await writeFile(at('list.feather'), tableToIPC(new Table({ vector: lists }), 'stream'));
    await writeFile(at('flat.arrow'), tableToIPC(tableFromArrays({ x: Float32Array.of(1) }), 'file'));
    await writeFile(at('uneven.arrow'), tableToIPC(new Table({ v: vectorFromArray([[1, 2], [3]], new List(number)) }), 'file'));
    await writeFile(at('text.arrow'), 'no arrow');
    await writeFile(at('text.parquet'), 'no parquet at all');
    await writeNpy(at('x.npy'), WANTED);
  });

  it.each(['fixed.arrow', 'list.feather', 'x.npy'])('%s', async (name) => {
    expect(await readVectors(at(name))).toEqual(WANTED);
  });

  it('x.parquet', async () => {
    const columnData = [
      { name: 'id', data: ['a', 'b'] },
      { name: 'vector', data: ROWS },
    ];
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 2 },
      { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'vector', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
    ];
    await writeFile(at('x.parquet'), Buffer.from(parquetWriteBuffer({ columnData, schema })));
    expect(await readVectors(at('x.parquet'))).toEqual(WANTED);
  });

  it.each([
    ['missing.arrow', /missing\.arrow can't be read \(ENOENT\); give vectors as \.npy/],
    ['missing.parquet', /can't be read \(ENOENT\)/],
    ['text.arrow', /text\.arrow is no Arrow file/],
    ['text.parquet', /text\.parquet is no Parquet file/],
    ['flat.arrow', /has no column of lists \(it has x\)/],
    ['uneven.arrow', /has 1 numbers in row 1, 2 in row 0/],
    ['x.csv', /is of an unknown type/],
  ])('refuses %s', async (name, sentence) => {
    await expect(readVectors(at(name))).rejects.toThrow(sentence);
    await expect(readVectors(at(name))).rejects.toMatchObject({ exitStatus: 2 });
  });
});
