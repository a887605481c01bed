import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitShard, completeDataset, createDataset, openDataset, verifyDataset } from '@wenlan/shards';
import type { NumberedShard } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { missingS3, prefixBytes, startS3 } from './support/s3-server.ts';
import type { S3Server } from './support/s3-server.ts';
import { sampleRows } from './support/sample-rows.ts';

let s3: S3Server | null = null;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-commit-shard-'));
  if (missingS3 === null) s3 = await startS3();
});
afterAll(async () => {
  await s3?.close();
  await rm(folder, { recursive: true });
});

const OPTIONS = { stage: 'test', recipe: { seed: 1 }, maxShardRows: 10 };
const rows = sampleRows(80, 100);
const tasks: NumberedShard[] = Array.from({ length: 8 }, (_, number) => ({
  split: 'train',
  number,
  rows: rows.slice(10 * number, 10 * number + 10),
}));

describe.each(['folder', 'S3'])('workers that commit to one dataset in a %s', (where) => {
  const skips = where === 'S3' && missingS3 !== null;
  const place = (name: string): string => (where === 'S3' ? s3!.place(name) : join(folder, name));
  const bytesOf = (location: string): Promise<Record<string, string>> =>
    where === 'S3' ? prefixBytes(s3!, location) : folderBytes(location);

  it.skipIf(skips)('at once and some of them twice give the bytes of one writer', async () => {
    const whole = join(folder, `whole for ${where}`);
    const writer = await openDataset(whole, OPTIONS);
    await writer.append([...rows], 'train');
    await writer.finish('done');
    const location = place('many');
    await createDataset(location, OPTIONS);
    const twice = [...tasks, ...tasks.slice(2, 5)].toReversed();
    const entries = await Promise.all(twice.map((task) => commitShard(location, task)));
    expect(entries.map(({ file }) => file)).toContain('data/train-00007.arrow');
    await completeDataset(location, 'done');
    expect(await bytesOf(location)).toEqual(await folderBytes(whole));
    expect(await verifyDataset(location)).toMatchObject({ sound: true, complete: true, rows: 80 });
    await expect(commitShard(location, tasks[0]!)).rejects.toMatchObject({ code: 'DATASET_COMPLETE' });
  });

  it.skipIf(skips)('are told of a number given twice, one left out, and a writer at work', async () => {
    const location = place('wrong');
    await createDataset(location, OPTIONS);
    await commitShard(location, tasks[0]!);
    await expect(commitShard(location, { ...tasks[1]!, number: 0 })).rejects.toMatchObject({
      code: 'SHARD_DIFFERS',
      message: `${location}/data/train-00000.arrow was committed with other rows; give every task a number of its own, and the same rows whenever it is done again.`,
    });
    await commitShard(location, tasks[2]!);
    await expect(completeDataset(location)).rejects.toThrow(
      `${location} lacks data/train-00001.arrow; do its task again, then complete the dataset.`,
    );
    expect(await verifyDataset(location)).toMatchObject({ sound: true, rows: 20 });
    if (where === 'S3') {
      const writer = await openDataset(location, OPTIONS);
      await expect(commitShard(location, tasks[1]!)).rejects.toMatchObject({ code: 'DATASET_LOCKED' });
      await writer.close();
    }
  });
});
