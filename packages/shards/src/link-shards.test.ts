import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDataset } from './dataset-writer.ts';
import { emptyPair } from './empty-pair.ts';
import type { Pair } from './pair.ts';
import { pairId } from './pair-id.ts';
import { readPairs } from './read-pairs.ts';
import { verifyDataset } from './verify-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-link-'));
});
afterAll(() => rm(folder, { recursive: true }));

const row = (number: number): Pair =>
  emptyPair({ id: pairId(`http://a.test/${number}`, null), source: 'web', outcome: number % 3 === 0 ? 'dns' : 'too-big' });
const rows = (from: number, to: number): Pair[] => Array.from({ length: to - from }, (_, index) => row(from + index));

async function dataset(name: string, own: Pair[]): Promise<string> {
  const out = join(folder, name);
  const writer = await openDataset(out, { stage: 'crawl', recipe: {}, maxShardRows: 4 });
  await writer.append(own);
  await writer.finish();
  return out;
}

it('takes the shards of other datasets as they are, also when it was stopped in between', async () => {
  const [first, second] = [await dataset('first', rows(0, 6)), await dataset('second', rows(6, 11))];
  const out = join(folder, 'both');
  const before = await openDataset(out, { stage: 'crawl', recipe: {} });
  await before.adopt(first);
  await before.close();
  const writer = await openDataset(out, { stage: 'crawl', recipe: {} });
  expect(writer.rowsCommitted('all')).toBe(6);
  await writer.adopt(second);
  const manifest = await writer.finish();

  expect(manifest.shards.map((shard) => [shard.file, shard.rows])).toEqual([
    ['data/all-00000.arrow', 4],
    ['data/all-00001.arrow', 2],
    ['data/all-00002.arrow', 4],
    ['data/all-00003.arrow', 1],
  ]);
  expect(manifest.totals).toEqual({ rows: 11, byOutcome: { dns: 4, 'too-big': 7 }, bySource: { web: 11 }, bySplit: { all: 11 } });
  const [own, theirs] = [join(out, 'data/all-00003.arrow'), join(second, 'data/all-00001.arrow')];
  expect(await readFile(own)).toEqual(await readFile(theirs));
  expect((await stat(own)).ino).toBe((await stat(theirs)).ino);
  await Promise.all([first, second].map((gone) => rm(gone, { recursive: true })));
  expect((await verifyDataset(out)).problems).toEqual([]);
  const ids: string[] = [];
  for await (const batch of readPairs(out)) ids.push(...batch.map(({ id }) => id));
  expect(ids).toEqual(rows(0, 11).map(({ id }) => id));
});

it('refuses a dataset that is not there', async () => {
  const writer = await openDataset(join(folder, 'none'), { stage: 'crawl', recipe: {} });
  await expect(writer.adopt(join(folder, 'missing'))).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  await writer.close();
});
