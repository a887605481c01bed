import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareShards, outcomeClass, readManifest } from './manifest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-manifest-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe(readManifest, () => {
  it('says where there is no dataset', async () => {
    await expect(readManifest(join(folder, 'none'))).rejects.toMatchObject({
      code: 'DATASET_MISSING',
      exitStatus: 2,
      message: `There is no dataset at ${folder}/none: ${folder}/none/manifest.json is missing; check the path, or run the stage that writes it.`,
    });
  });

  it.each([
    ['{"formatVersion": 1', 'MANIFEST_DAMAGED', /manifest\.json is damaged: it isn't JSON/],
    ['7', 'MANIFEST_DAMAGED', /it holds no object/],
    ['{"formatVersion": 2}', 'FORMAT_UNSUPPORTED', /is of format version 2, and this release reads version 1/],
    ['{"formatVersion": 1}', 'MANIFEST_DAMAGED', /stage or complete is missing/],
    ['{"formatVersion": 1, "stage": "a", "complete": true, "shards": [{"file": "x"}]}', 'MANIFEST_DAMAGED', /list of shards/],
    ['{"formatVersion": 1, "stage": "a", "complete": true, "shards": []}', 'MANIFEST_DAMAGED', /parents or totals/],
  ])('refuses %s', async (content, code, message) => {
    await writeFile(join(folder, 'manifest.json'), content);
    await expect(readManifest(folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});

describe(compareShards, () => {
  it('orders by split, then by number also past 99,999', () => {
    const entry = (split: string, number: string): Parameters<typeof compareShards>[0] => ({
      file: `data/${split}-${number}.arrow`,
      split,
      rows: 1,
      bytes: 1,
      sha256: '',
    });
    const sorted = [entry('a', '99999'), entry('a', '100000'), entry('a-b', '00000'), entry('b', '00000')];
    expect([...sorted].reverse().sort(compareShards)).toEqual(sorted);
  });
});

describe(outcomeClass, () => {
  it('counts duplicates together and rules apart', () => {
    expect(['ok', 'duplicate:ABC', 'filtered:phone'].map(outcomeClass)).toEqual(['ok', 'duplicate', 'filtered:phone']);
  });
});
