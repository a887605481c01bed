import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetPairs, openDataset, readManifest, selectDataset, verifyDataset } from '@wenlan/shards';
import type { Pair, SelectOptions } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { rowsOf } from './support/rows-of.ts';
import { sampleRows } from './support/sample-rows.ts';

const rows = sampleRows(100, 300);

let folder: string;
let dataset: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-select-'));
  dataset = join(folder, 'dataset');
  const writer = await openDataset(dataset, { stage: 'test', recipe: {}, maxShardRows: 16 });
  await writer.append(rows.slice(0, 70), 'train');
  await writer.append(rows.slice(70), 'test');
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

let places = 0;
async function select(options: Omit<SelectOptions, 'out'>, from = dataset): Promise<string> {
  const out = join(folder, `selected-${(places += 1)}`);
  await selectDataset(from, { out, ...options });
  return out;
}

const idsOf = (pairs: readonly Pair[]): string[] => pairs.map(({ id }) => id);

describe(selectDataset, () => {
  it('takes rows by a condition, by ids in whichever order, and by split, and keeps their splits', async () => {
    const wide = await select({ where: 'scores.aspect > 20' });
    const wanted = ({ scores }: Pair): boolean => scores['aspect']! > 20;
    expect(await rowsOf(wide)).toEqual((await rowsOf(dataset)).filter(wanted));
    expect(await verifyDataset(wide)).toMatchObject({ sound: true, complete: true });

    const ids = [rows[80]!.id, rows[3]!.id, rows[41]!.id];
    const [one, other] = [await select({ ids }), await select({ ids: [...ids].reverse() })];
    expect(idsOf(await rowsOf(one)).sort()).toEqual([...ids].sort());
    expect((await readManifest(one)).totals.bySplit).toEqual({ test: 1, train: 2 });
    expect(await folderBytes(one)).toEqual(await folderBytes(other));

    expect(idsOf(await rowsOf(await select({ splits: ['test'] })))).toEqual(idsOf(rows.slice(70)));
  });

  it('puts rows into other shards, and back into shards of the same bytes', async () => {
    const small = await select({ maxShardRows: 7 });
    expect((await readManifest(small)).shards.map((shard) => shard.rows)).toEqual([
      7,
      7,
      7,
      7,
      2,
      ...Array.from({ length: 10 }, () => 7),
    ]);
    const back = await select({ maxShardRows: 16 }, small);
    expect((await readManifest(back)).shards).toEqual((await readManifest(dataset)).shards);
  });

  it('goes on after a stop at any shard, with the same bytes', async () => {
    const options = { where: 'width > 0', maxShardRows: 9 };
    const whole = await select(options);
    const out = join(folder, 'stopped');
    for (let stop = 1; stop <= 6; stop += 1) {
      const controller = new AbortController();
      let batches = 0;
      const onProgress = (): void => void ((batches += 1) === stop && controller.abort());
      await expect(selectDataset(dataset, { out, ...options, signal: controller.signal, onProgress })).rejects.toThrow('aborted');
    }
    expect((await readManifest(out)).complete).toBe(false);
    await selectDataset(dataset, { out, ...options });
    expect(await folderBytes(out)).toEqual(await folderBytes(whole));
  });

  it('is reached when its parent forgets, and takes nothing that was forgotten', async () => {
    const parent = await select({});
    const child = await select({ splits: ['train'] }, parent);
    const { id } = rows[5]!;
    await forgetPairs(parent, { ids: [id] }, { derived: [child] });
    for (const place of [child, await select({}, parent)])
      expect((await rowsOf(place)).find((row) => row.id === id)).toMatchObject({ outcome: 'forgotten', image: null, texts: [] });
  });

  it.each([
    [{ ids: ['A', 'B'] }, 'IDS_MISSING', /has no row with the id A, nor with 1 others of those given; correct the ids\.$/],
    [
      { where: 'width > 100000' },
      'SELECTED_NOTHING',
      /^No row of .+ is selected; change the condition, the ids or the splits\.$/,
    ],
    [{ where: 'wdth > 1' }, 'WHERE_INVALID', /wdth/],
  ])('refuses %o, and leaves no dataset begun', async (options, code, message) => {
    const out = join(folder, `refused-${code}`);
    await expect(selectDataset(dataset, { out, ...options })).rejects.toMatchObject({
      code,
      exitStatus: 2,
      message: expect.stringMatching(message) as string,
    });
    await selectDataset(dataset, { out, where: 'width > 0' });
  });

  it('refuses to go on with another choice', async () => {
    const out = await select({ splits: ['train'] });
    await expect(selectDataset(dataset, { out, splits: ['test'] })).rejects.toMatchObject({
      code: 'RECIPE_DIFFERS',
      exitStatus: 2,
    });
  });
});
