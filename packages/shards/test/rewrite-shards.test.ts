import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetPairs, openDataset, readManifest, rewriteShards, verifyDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { sampleRows } from './support/sample-rows.ts';
import { rowsOf } from './support/rows-of.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-rewrite-'));
});
afterEach(() => rm(folder, { recursive: true }));

const FAILED = [3, 4, 17, 41];
const rows = sampleRows(60, 200).map((row, index): Pair =>
  FAILED.includes(index) ? { ...row, outcome: 'timeout', image: null } : row,
);
const fetched = (row: Pair): Pair =>
  row.id === rows[17]!.id ? row : { ...row, outcome: 'ok', image: Buffer.from(row.id), sha256: null };
const change = {
  key: 'retry timeout',
  select: ({ outcome }: Pair): boolean => outcome === 'timeout',
  replace: (given: readonly Pair[]): readonly Pair[] => given.map(fetched),
};

async function write(name: string): Promise<string> {
  const writer = await openDataset(join(folder, name), { stage: 'test', recipe: {}, maxShardRows: 10 });
  await writer.append([...rows], 'train');
  await writer.finish();
  return join(folder, name);
}

describe(rewriteShards, () => {
  it('replaces rows where they lie and writes only the shards that hold some', async () => {
    const location = await write('data');
    const before = await folderBytes(location);
    const given: number[] = [];
    const summary = await rewriteShards(location, {
      ...change,
      replace: async (selected) => {
        given.push(selected.length);
        return Promise.resolve(selected.map(fetched));
      },
    });
    expect(summary).toMatchObject({ rows: 4, shardsRewritten: 3 });
    expect(given).toEqual([2, 1, 1]);
    expect(summary.manifest).toEqual(await readManifest(location));
    expect(summary.manifest.rewriting).toBeUndefined();
    const after = await folderBytes(location);
    expect(Object.keys(after).filter((file) => before[file] === after[file])).toHaveLength(3);
    expect((await rowsOf(location)).map(({ id, outcome }) => [id, outcome])).toEqual(
      rows.map(({ id, outcome }, index) => [id, [3, 4, 41].includes(index) ? 'ok' : outcome]),
    );
    expect(await verifyDataset(location)).toMatchObject({ sound: true, problems: [] });
  });

  it('goes on after a stop with the shards that are not done, and ends with the same bytes', async () => {
    const whole = await write('whole');
    await rewriteShards(whole, change);
    const location = await write('stopped');
    let calls = 0;
    const stopped = rewriteShards(location, {
      ...change,
      replace: (selected) => {
        calls += 1;
        if (calls === 3) throw new Error('stop');
        return selected.map(fetched);
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    expect((await readManifest(location)).rewriting).toEqual({ key: 'retry timeout', shardsDone: 2 });
    expect(await rewriteShards(location, change)).toMatchObject({ rows: 1, shardsRewritten: 1 });
    expect(await folderBytes(location)).toEqual(await folderBytes(whole));
  });

  it('never brings back what was forgotten', async () => {
    const location = await write('data');
    await forgetPairs(location, { urls: ['https://gone.example/'], ids: [rows[3]!.id] });
    await rewriteShards(location, {
      ...change,
      replace: (selected) =>
        selected.map((row) => ({ ...fetched(row), imageUrl: row.id === rows[4]!.id ? 'https://gone.example/' : row.imageUrl })),
    });
    const outcomes = (await rowsOf(location)).map(({ outcome }) => outcome);
    expect([outcomes[3], outcomes[4], outcomes[41]]).toEqual(['forgotten', 'forgotten', 'ok']);
  });

  it('refuses rows that are not those asked for, and changes nothing', async () => {
    const location = await write('data');
    const before = await folderBytes(location);
    await expect(rewriteShards(location, { ...change, replace: (selected) => selected.slice(1) })).rejects.toThrow(
      '1 rows were given for the 2 to be replaced in data/train-00000.arrow.',
    );
    await expect(
      rewriteShards(location, { ...change, replace: (selected) => selected.map((row) => ({ ...row, id: 'A' })) }),
    ).rejects.toThrow(`Row 3 of data/train-00000.arrow is ${rows[3]!.id}, and was to be replaced by A.`);
    expect(await folderBytes(location)).toEqual(before);
    const writer = await openDataset(location, { stage: 'test', recipe: {} });
    await expect(rewriteShards(location, change)).rejects.toMatchObject({ code: 'DATASET_LOCKED' });
    await writer.close();
  });
});
