import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, readPairs, ShardDamagedError, verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleRows } from './support/sample-rows.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-truncated-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a shard that is cut at any kilobyte is refused in a sentence with its file and the byte', async () => {
  const writer = await openDataset(folder, { stage: 'test', recipe: {} });
  await writer.append(sampleRows(60, 4096), 'train');
  const { shards } = await writer.finish();
  const { file, bytes } = shards[0]!;
  const path = join(folder, file);
  const content = await readFile(path);
  for (let size = Math.floor(bytes / 1024) * 1024; size >= 0; size -= 1024) {
    await truncate(path, size);
    const error: unknown = await readPairs(folder)
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ShardDamagedError);
    expect(error).toMatchObject({ file: path, offset: size, what: `it has ${size} bytes instead of ${bytes}` });
    expect((error as Error).message).toContain(`${path} is damaged at byte ${size}: `);
    const problems = [{ file, offset: size, problem: `it has ${size} bytes instead of ${bytes}` }];
    expect(await verifyDataset(folder)).toMatchObject({ sound: false, problems });
  }
  await writeFile(path, content);
  expect(await verifyDataset(folder)).toMatchObject({ sound: true, rows: 60 });
});
