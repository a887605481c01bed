import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, measureShard } from '../src/index.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { dirtyRows, TEST_RECIPE, writeRaw } from './support/raw-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-clean-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('shards measured elsewhere, some of them twice at once and some not at all, give the bytes of one cleaning', async () => {
  const input = await writeRaw(join(folder, 'raw'), await dirtyRows(100));
  const alone = join(folder, 'alone');
  await clean(input, { out: alone, recipe: TEST_RECIPE, seed: 5 });

  const out = join(folder, 'shared');
  const rowsDone: number[] = [];
  await clean(input, {
    out,
    recipe: TEST_RECIPE,
    seed: 5,
    onProgress: (event) => void (event.phase === 'measure' && rowsDone.push(event.rowsDone)),
    measureElsewhere: async (shards, onShard) => {
      expect(shards).toEqual([0, 1, 2, 3, 4]);
      const options = { out, recipe: TEST_RECIPE, workers: 2 };
      expect(await Promise.all([0, 2, 2].map((shard) => measureShard(input, shard, options)))).toEqual([40, 40, 40]);
      onShard(0);
      onShard(2);
      await writeFile(join(out, 'measures', 'measured-00003.ndjson.gz.killed.tmp'), 'half');
    },
  });
  expect(rowsDone.slice(0, 3)).toEqual([0, 40, 80]);
  expect(await folderBytes(out)).toEqual(await folderBytes(alone));
});
