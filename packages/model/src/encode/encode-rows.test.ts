import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EncodeInput, encodeRows } from './encode-rows.ts';
import { readVectorFile } from './vector-file.ts';

const python = process.env['WENLAN_PYTHON'] ?? 'python3';
const hasPyarrow = spawnSync(python, ['-c', 'import pyarrow'], { stdio: 'ignore' }).status === 0;
if (!hasPyarrow)
  process.stderr.write(`Skipped: ${python} has no pyarrow, so our vectors were not read by it; npm test installs it.\n`);

const READ = `
import json, sys, warnings
warnings.simplefilter('error')
import pyarrow.ipc
table = pyarrow.ipc.open_file(sys.argv[1]).read_all()
table.validate(full=True)
vectors = table['vector'].combine_chunks()
print(json.dumps({
    'schema': {field.name: str(field.type) for field in table.schema},
    'rows': table.num_rows,
    'first': table.slice(0, 2).to_pylist(),
    'flat': len(vectors.flatten()),
}))
`;

const ROWS = 2500;
const DIM = 3;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-encode-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Each eleventh row can't be encoded; `stopAt` fails like a killed process after so many calls. */
function input(stopAt = Number.POSITIVE_INFINITY, key: unknown = 1): EncodeInput<number> & { calls: number } {
  const self = {
    key,
    calls: 0,
    async *rowsFrom(start: number): AsyncGenerator<number> {
      for (let row = start; row < ROWS; row += 1) yield row;
    },
    async encode(rows: readonly number[]) {
      self.calls += 1;
      if (self.calls > stopAt) throw new Error('killed');
      const good = rows.filter((row) => row % 11 !== 0);
      return {
        ids: good.map((row) => `id-${row}`),
        texts: good.map((row) => `第${row}行`),
        imageUrls: good.map((row) => (row % 2 === 0 ? null : `https://pictures.example/${row}`)),
        values: Float32Array.from(good.flatMap((row) => [row, row / 2, -row])),
        dim: DIM,
      };
    },
  };
  return self;
}

describe(encodeRows, () => {
  test('writes every row that can be encoded, in order', async () => {
    const out = join(folder, 'vectors.arrow');
    const good = Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % 11 !== 0);
    expect(await encodeRows(input(), out)).toEqual({ seen: ROWS, encoded: good.length });
    const { ids, texts, imageUrls, values, dim } = await readVectorFile(out);
    expect(dim).toBe(DIM);
    expect(ids).toEqual(good.map((row) => `id-${row}`));
    expect([texts[0], imageUrls[0], imageUrls[1]]).toEqual(['第1行', 'https://pictures.example/1', null]);
    expect([...values.subarray(0, 3), ...values.subarray(-3)]).toEqual([1, 0.5, -1, 2499, 1249.5, -2499]);
    expect(await readdir(folder)).toEqual(['vectors.arrow']);
  });

  test('goes on after a kill, encodes nothing twice, and ends with the same bytes', async () => {
    await encodeRows(input(), join(folder, 'whole.arrow'));
    const out = join(folder, 'killed.arrow');
    await expect(encodeRows(input(1), out)).rejects.toThrow('killed');
    await expect(encodeRows(input(1), out)).rejects.toThrow('killed');
    const rest = input();
    await encodeRows(rest, out);
    expect(rest.calls).toBe(1);
    expect(await readFile(out)).toEqual(await readFile(join(folder, 'whole.arrow')));
  });

  test('throws away parts of another input', async () => {
    const out = join(folder, 'vectors.arrow');
    await expect(encodeRows(input(1, 'old'), out)).rejects.toThrow('killed');
    const other = input(Number.POSITIVE_INFINITY, 'new');
    await encodeRows(other, out);
    expect(other.calls).toBe(3);
  });

  test('stops at a signal', async () => {
    await expect(encodeRows(input(), join(folder, 'vectors.arrow'), { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});

describe(readVectorFile, () => {
  test('names a file that is none of vectors', async () => {
    const file = join(folder, 'notes.arrow');
    await writeFile(file, 'no arrow');
    await expect(readVectorFile(file)).rejects.toMatchObject({
      code: 'VECTOR_FILE',
      message: expect.stringContaining('notes.arrow'),
    });
    await expect(readVectorFile(join(folder, 'none.arrow'))).rejects.toMatchObject({ code: 'VECTOR_FILE' });
  });

  test.skipIf(!hasPyarrow)('is read by pyarrow without a warning', async () => {
    const out = join(folder, 'vectors.arrow');
    const { encoded } = await encodeRows(input(), out);
    const read = JSON.parse(execFileSync(python, ['-c', READ, out], { encoding: 'utf8' })) as Record<string, unknown>;
    expect(read).toMatchObject({
      schema: { id: 'string', text: 'string', imageUrl: 'string' },
      rows: encoded,
      flat: encoded * DIM,
      first: [
        { id: 'id-1', text: '第1行', imageUrl: 'https://pictures.example/1', vector: [1, 0.5, -1] },
        { id: 'id-2', text: '第2行', imageUrl: null, vector: [2, 1, -2] },
      ],
    });
    expect((read['schema'] as Record<string, string>)['vector']).toMatch(/^fixed_size_list<item: float.*>\[3\]$/);
  });
});
