import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataset } from './dataset-writer.ts';
import { emptyPair } from './empty-pair.ts';
import type { Pair } from './pair.ts';
import { PairReader } from './pair-reader.ts';
import { readPairs } from './read-pairs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-pair-reader-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const pairOf = (index: number): Pair =>
  emptyPair({
    id: `id-${index}`,
    source: 'news',
    outcome: 'ok',
    texts: [{ kind: 'caption', text: `第${index}张` }],
    image: index % 3 === 0 ? null : new Uint8Array([index % 256, 1, 2]),
    scores: { aesthetic: index / 2 },
  });

describe(PairReader, () => {
  test('reads any row and its picture by the address that a scan gave it', async () => {
    const writer = await openDataset(folder, { stage: 'clean', recipe: {}, maxShardRows: 100 });
    await writer.append(
      Array.from({ length: 250 }, (_, index) => pairOf(index)),
      'train',
    );
    await writer.finish();
    const reader = await PairReader.open(folder);
    let count = 0;
    for await (const { shard, batch, split, rows, pictureBytes } of reader.scan(['id', 'outcome', 'source'])) {
      expect(split).toBe('train');
      for (const [row, { id, texts, image }] of rows.entries()) {
        expect([texts, image]).toEqual([[], null]);
        const expected = pairOf(Number(id.slice(3)));
        expect(pictureBytes[row]).toBe(expected.image?.byteLength ?? null);
        expect(await reader.readPair({ shard, batch, row })).toEqual({ ...expected, image: null });
        const bytes = await reader.readImage({ shard, batch, row });
        expect(bytes === null ? null : [...bytes]).toEqual(expected.image === null ? null : [...expected.image]);
        count += 1;
      }
    }
    let rows = 0;
    for await (const part of readPairs(folder)) rows += part.length;
    expect([count, rows]).toEqual([250, 250]);
  });

  test('names a dataset that is not there', async () => {
    await expect(PairReader.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  });
});
