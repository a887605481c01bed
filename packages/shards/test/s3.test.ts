import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  emptyPair,
  exportDataset,
  forgetPairs,
  importDataset,
  inspectDataset,
  loader,
  openDataset,
  readManifest,
  readPairs,
  rewriteShards,
  verifyDataset,
} from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { picture } from './support/pictures.ts';
import { aws, missingS3, prefixBytes, startS3 } from './support/s3-server.ts';
import type { S3Server } from './support/s3-server.ts';
import { sampleRows } from './support/sample-rows.ts';
import { rowsOf } from './support/rows-of.ts';

let s3: S3Server;
let folder: string;
beforeAll(async () => {
  if (missingS3 !== null) return;
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'wenlan-s3-'));
});
afterAll(async () => {
  if (missingS3 !== null) return;
  await s3.close();
  await rm(folder, { recursive: true });
});

const rows = sampleRows(60, 200);

async function write(location: string, given: Pair[] = rows, parents: string[] = []): Promise<string> {
  const writer = await openDataset(location, { stage: 'test', recipe: { name: 'x' }, parents, maxShardRows: 10 });
  await writer.append(
    given.map((row) => ({ ...row })),
    'train',
  );
  await writer.finish();
  return location;
}

const keyOf = (location: string, file: string): string => `${location.slice(`s3://${s3.bucket}/`.length)}/${file}`;

describe.skipIf(missingS3 !== null)('a dataset in S3', () => {
  it('has the bytes of one in a folder, and is read, verified and counted as that one is', async () => {
    const local = await write(join(folder, 'same'));
    const remote = await write(s3.place('same'));
    expect(await prefixBytes(s3, remote)).toEqual(await folderBytes(local));
    expect(await rowsOf(remote)).toEqual(await rowsOf(local));
    expect(await verifyDataset(`${remote}/`)).toEqual({ ...(await verifyDataset(local)), location: `${remote}/` });
    expect(await verifyDataset(remote)).toMatchObject({ sound: true, rows: 60, shards: 6 });
    expect(await inspectDataset(remote)).toEqual({ ...(await inspectDataset(local)), location: remote });
    expect(await readManifest(remote)).toEqual(await readManifest(local));
  });

  it('goes on where a writer stopped, and clears away what a killed one left', async () => {
    const whole = await folderBytes(await write(join(folder, 'whole')));
    const location = s3.place('stopped');
    const first = await openDataset(location, { stage: 'test', recipe: { name: 'x' }, maxShardRows: 10 });
    await first.append(rows.slice(0, 25), 'train');
    await first.close();
    for (const name of ['train-00002.arrow', 'train-00007.arrow']) {
      await s3.client.send(new aws.PutObjectCommand({ Bucket: s3.bucket, Key: keyOf(location, `data/${name}`), Body: 'half' }));
    }
    const again = await openDataset(location, { stage: 'test', recipe: { name: 'x' }, maxShardRows: 10 });
    expect(again.rowsCommitted('train')).toBe(20);
    await again.append(rows.slice(20), 'train');
    await again.finish();
    expect(await prefixBytes(s3, location)).toEqual(whole);
    await expect(openDataset(location, { stage: 'test', recipe: { name: 'y' } })).rejects.toMatchObject({
      code: 'RECIPE_DIFFERS',
      message: `${location} was begun with another recipe: name was "x" and is now "y"; choose another folder, or delete ${location} to start over.`,
    });
  });

  it('forgets and rewrites as in a folder, in what was made of it too', async () => {
    const remote = s3.place('f');
    for (const place of [join(folder, 'f'), remote]) {
      const raw = await write(`${place}/raw`);
      const clean = await write(`${place}/clean`, rows, [raw]);
      const summary = await forgetPairs(raw, { urls: [rows[3]!.imageUrl!] }, { derived: [clean] });
      expect(summary.datasets.map(({ location, rows: count }) => [location, count])).toEqual([
        [raw, 1],
        [clean, 1],
      ]);
      await rewriteShards(raw, {
        key: 'k',
        select: ({ outcome }) => outcome === 'filtered:min-side',
        replace: (given) => given.map((row) => ({ ...row, outcome: 'ok' })),
      });
      expect(await verifyDataset(raw)).toMatchObject({ sound: true, problems: [] });
    }
    expect((await readManifest(`${remote}/clean`)).parents[0]!.location).toBe('../raw');
    expect(await prefixBytes(s3, remote)).toEqual(await folderBytes(join(folder, 'f')));
    // No copy of what was forgotten stays on this machine.
    const copies = await readdir(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true });
    expect(copies.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('finds damage, names the object, and reads the others', async () => {
    const location = await write(s3.place('damaged'));
    await rowsOf(location);
    const Key = keyOf(location, 'data/train-00001.arrow');
    const { Body } = await s3.client.send(new aws.GetObjectCommand({ Bucket: s3.bucket, Key }));
    const bytes = await Body!.transformToByteArray();
    bytes[1000]! ^= 1;
    await s3.client.send(new aws.PutObjectCommand({ Bucket: s3.bucket, Key, Body: bytes }));
    await expect(rowsOf(location)).rejects.toThrow(
      `Shard ${location}/data/train-00001.arrow is damaged at byte 0: its checksum isn't the manifest's; restore the file, or delete the dataset and run the stage that wrote it again.`,
    );
    const read: string[] = [];
    for await (const batch of readPairs(location, { onDamaged: () => read.push('damaged') }))
      read.push(...batch.map(({ id }) => id));
    expect(read).toEqual([...rows.slice(0, 10).map(({ id }) => id), 'damaged', ...rows.slice(20).map(({ id }) => id)]);
    await s3.client.send(
      new aws.PutObjectCommand({ Bucket: s3.bucket, Key: keyOf(location, 'data/train-00002.arrow'), Body: 'x' }),
    );
    expect((await verifyDataset(location)).problems.map(({ file, problem }) => [file, problem.slice(0, 14)])).toEqual([
      ['data/train-00001.arrow', 'its checksum i'],
      ['data/train-00002.arrow', 'it has 1 bytes'],
    ]);
  });

  it('feeds the loader the same batches for any number of workers, also where the cache holds less than the dataset', async () => {
    const samples: Pair[] = [];
    for (let number = 0; number < 24; number += 1) {
      const imageUrl = `https://a.example/${number}.jpg`;
      samples.push(emptyPair({ id: `ID${number}`, source: 'local', outcome: 'ok', imageUrl, image: await picture(number) }));
    }
    const local = await write(join(folder, 'pictures'), samples);
    const remote = await write(s3.place('pictures'), samples);
    const batchesOf = async (location: string, workers: number): Promise<unknown[]> => {
      const image = { side: 8, augment: 'released' } as const;
      const batches: unknown[] = [];
      for await (const { ids, pixels } of loader(location, { split: 'train', batchSize: 8, seed: 1, epoch: 0, workers, image }))
        batches.push([ids, [...pixels]]);
      return batches;
    };
    const expected = await batchesOf(local, 0);
    expect(expected).toHaveLength(3);
    expect(await batchesOf(remote, 0)).toEqual(expected);
    expect(await batchesOf(remote, 2)).toEqual(expected);
    await rm(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true });
    process.env['WENLAN_CACHE_BYTES'] = '1';
    try {
      expect(await batchesOf(remote, 0)).toEqual(expected);
      expect(await readdir(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true, withFileTypes: true })).toSatisfy(
        (entries: { isFile: () => boolean }[]) => entries.filter((entry) => entry.isFile()).length === 1,
      );
      process.env['WENLAN_CACHE_BYTES'] = 'much';
      await rm(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true });
      await expect(rowsOf(remote)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    } finally {
      delete process.env['WENLAN_CACHE_BYTES'];
    }
  });

  it('is imported from and exported to, with the bytes of the same in folders', async () => {
    const input = join(folder, 'input');
    await mkdir(input);
    const remoteInput = s3.place('input');
    const lines = [0, 1, 2].map((number) =>
      JSON.stringify({ path: `${number}.jpg`, caption: `第${number}张`, url: `https://a.example/${number}` }),
    );
    const files = [
      ['list.jsonl', Buffer.from(lines.join('\n'))],
      ...(await Promise.all([0, 1, 2].map(async (n) => [`${n}.jpg`, await picture(n)]))),
    ];
    for (const [name, bytes] of files as [string, Uint8Array][]) {
      await writeFile(join(input, name), bytes);
      await s3.client.send(new aws.PutObjectCommand({ Bucket: s3.bucket, Key: keyOf(remoteInput, name), Body: bytes }));
    }
    const local = join(folder, 'imported');
    const remote = s3.place('imported');
    await importDataset(input, { out: local, format: 'list' });
    expect(await importDataset(remoteInput, { out: remote, format: 'list' })).toMatchObject({ rows: 3, byOutcome: { ok: 3 } });
    expect(await prefixBytes(s3, remote)).toEqual(await folderBytes(local));
    await expect(importDataset(`${remoteInput}-no`, { out: s3.place('none') })).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    for (const format of ['parquet', 'webdataset', 'folder', 'list'] as const) {
      const out = s3.place(format);
      const summary = await exportDataset(remote, { out, format, maxFileRows: 2 });
      expect(summary).toEqual(await exportDataset(local, { out: join(folder, format), format, maxFileRows: 2 }));
      expect(await prefixBytes(s3, out)).toEqual(await folderBytes(join(folder, format)));
      expect(await exportDataset(remote, { out, format, maxFileRows: 2 })).toEqual(summary);
    }
    expect(await readdir(join(process.env['WENLAN_CACHE_DIR']!, 'import'))).toEqual([]);
    expect(await readdir(join(process.env['WENLAN_CACHE_DIR']!, 'upload'))).toEqual([]);
  });

  it('sends and fetches shards above 8 MB in parts', async () => {
    const location = s3.place('large');
    const large = sampleRows(4, 3 * 2 ** 20).map((row) => ({ ...row, outcome: 'ok' as const }));
    await write(location, large);
    const { Contents } = await s3.client.send(
      new aws.ListObjectsV2Command({ Bucket: s3.bucket, Prefix: keyOf(location, 'data/') }),
    );
    // The ETag of an object that was put in parts says how many there were.
    expect(Contents!.map(({ ETag, Size }) => [/-(\d+)"$/.exec(ETag!)?.[1], Size! > 2 ** 23])).toEqual([['2', true]]);
    expect((await rowsOf(location)).map(({ sha256 }) => sha256)).toEqual(large.map(({ sha256 }) => sha256));
    const shards = await readdir(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true });
    expect(shards.length).toBeGreaterThan(0);
    expect((await stat(process.env['WENLAN_CACHE_DIR']!)).isDirectory()).toBe(true);
  });
});
