import { appendFile, cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleRows } from '../test/support/sample-rows.ts';
import { inspectDataset, loader, openDataset, readManifest, readPairs, ShardDamagedError, verifyDataset } from './index.ts';
import type { LoaderOptions, Pair } from './index.ts';
import { soundShard } from './shard-checksum.ts';
import { ShardReader } from './shard-reader.ts';

const SHARD_ROWS = 12;

let folder: string;
let sound: string;
let location: string;
let shard: string;
let content: Buffer;
let rows: Pair[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-damaged-'));
  sound = join(folder, 'sound');
  const picture = sharp({ create: { width: 20, height: 20, channels: 3, background: '#369' } });
  const image = new Uint8Array(await picture.png().toBuffer());
  rows = sampleRows(3 * SHARD_ROWS, 64).map((row) => ({ ...row, image, sha256: null, outcome: 'ok' }));
  const writer = await openDataset(sound, { stage: 'test', recipe: {}, maxShardRows: SHARD_ROWS });
  await writer.append([...rows], 'train');
  await writer.finish();
  await writer.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** A dataset of its own for each test, of whose three shards the middle one is to be damaged. */
let copies = 0;
beforeEach(async () => {
  location = join(folder, `copy-${(copies += 1)}`);
  await cp(sound, location, { recursive: true });
  shard = join(location, (await readManifest(location)).shards[1]!.file);
  content = await readFile(shard);
});

async function collect(onDamaged?: (error: ShardDamagedError) => void): Promise<Pair[]> {
  const read: Pair[] = [];
  for await (const batch of readPairs(location, onDamaged === undefined ? {} : { onDamaged })) read.push(...batch);
  return read;
}

/** The damaged shard is named, and those beside it are delivered whole. */
async function expectOneDamaged(what: RegExp): Promise<void> {
  const error = await collect().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ShardDamagedError);
  expect(error).toMatchObject({ code: 'SHARD_DAMAGED', exitStatus: 2, file: shard, what: expect.stringMatching(what) as string });
  const told: ShardDamagedError[] = [];
  expect(await collect((damage) => told.push(damage))).toEqual([...rows.slice(0, SHARD_ROWS), ...rows.slice(2 * SHARD_ROWS)]);
  expect(told.map(({ file }) => file)).toEqual([shard]);
}

describe('a shard is found to be damaged', () => {
  it.each([1, 64])('with %i bytes overwritten at any 64th of it', async (count) => {
    for (let part = 0; part < 64; part += 1) {
      const at = Math.floor((content.length * part) / 64);
      const changed = Buffer.from(content);
      for (let byte = at; byte < Math.min(at + count, content.length); byte += 1) changed[byte]! ^= 0xff;
      await writeFile(shard, changed);
      await expectOneDamaged(/^its checksum isn't the manifest's$/);
    }
  });

  it('with zeros or ones for its last kilobyte, where the metadata lie', async () => {
    for (const value of [0, 0xff]) {
      await writeFile(shard, Buffer.from(content).fill(value, content.length - 1024));
      await expectOneDamaged(/checksum/);
    }
  });

  it('cut at any 48th of it', async () => {
    for (let part = 1; part < 48; part += 1) {
      const size = content.length - Math.ceil((content.length * part) / 48);
      await writeFile(shard, content.subarray(0, size));
      await expectOneDamaged(new RegExp(`^it has ${size} bytes instead of ${content.length}$`));
    }
  });

  it('with bytes after its end, emptied, or missing', async () => {
    await appendFile(shard, '\n');
    await expectOneDamaged(/^it has \d+ bytes instead of \d+$/);
    await truncate(shard, 0);
    await expectOneDamaged(/^it has 0 bytes instead of \d+$/);
    await rm(shard);
    await expectOneDamaged(/^the file is missing$/);
  });

  it('after it was read as a sound one in the same process', async () => {
    expect(await collect()).toEqual(rows);
    await writeFile(shard, Buffer.from(content).fill(0, 100, 200));
    await expectOneDamaged(/checksum/);
  });

  it('while it is read', async () => {
    const reader = await ShardReader.open(await soundShard(location, (await readManifest(location)).shards[1]!));
    await writeFile(shard, Buffer.from(content).fill(0xff, content.length / 2));
    for (const read of [(): Promise<unknown> => reader.readBatch(0), (): Promise<unknown> => reader.imageRanges(0)])
      await expect(read()).rejects.toMatchObject({ file: shard, what: 'it has changed while it was read' });
    await reader.close();
  });

  it('in one sentence that names the file and the mend', async () => {
    await truncate(shard, 77);
    await expect(collect()).rejects.toMatchObject({
      message: `Shard ${shard} is damaged at byte 77: it has 77 bytes instead of ${content.length}; restore the file, or delete the dataset and run the stage that wrote it again.`,
    });
  });
});

describe('what reads shards beside readPairs', () => {
  const file = 'data/train-00001.arrow';

  it('verifyDataset reports the shard and checks the others', async () => {
    expect(await verifyDataset(location)).toMatchObject({ sound: true, complete: true, rows: 3 * SHARD_ROWS, problems: [] });
    await writeFile(shard, Buffer.from(content).fill(0xff, content.length - 1024));
    expect(await verifyDataset(location)).toMatchObject({
      sound: false,
      rows: 2 * SHARD_ROWS,
      problems: [{ file, offset: 0, problem: "its checksum isn't the manifest's" }],
    });
    await truncate(shard, 1000);
    expect((await verifyDataset(location)).problems).toEqual([
      { file, offset: 1000, problem: `it has 1000 bytes instead of ${content.length}` },
    ]);
    await rm(shard);
    expect((await verifyDataset(location)).problems).toEqual([{ file, offset: 0, problem: 'the file is missing' }]);
  });

  it('inspectDataset counts the others and names the shard', async () => {
    await writeFile(shard, Buffer.from(content).fill(0xff, 0, 64));
    const { rows: counted, damaged } = await inspectDataset(location);
    expect(counted).toBe(3 * SHARD_ROWS);
    expect(damaged).toEqual([expect.stringContaining(`Shard ${shard} is damaged at byte 0`)]);
  });

  const options: LoaderOptions = {
    split: 'train',
    batchSize: 4,
    seed: 1,
    epoch: 0,
    workers: 0,
    image: { side: 8, augment: 'none' },
    dropLast: false,
  };

  it('loader quarantines the shard, wherever it is damaged, and trains on the others', async () => {
    const lost = new Set(rows.slice(SHARD_ROWS, 2 * SHARD_ROWS).map(({ id }) => id));
    for (let part = 0; part < 16; part += 1) {
      const changed = Buffer.from(content);
      changed.fill(0xff, Math.floor((content.length * part) / 16)).fill(0, 0, part);
      await writeFile(shard, changed);
      const told: string[] = [];
      const ids: string[] = [];
      const onQuarantine = ({ message }: Error): void => void told.push(message);
      for await (const batch of loader(location, { ...options, onQuarantine })) ids.push(...batch.ids);
      expect(told).toEqual([expect.stringContaining(`Shard ${shard} is damaged`)]);
      expect(ids).toHaveLength(rows.length);
      expect(ids.filter((id) => lost.has(id))).toEqual([]);
    }
  });

  it.each([0, 1])(
    'loader ends with the sentence if a shard changes in the middle of an epoch, with %i workers',
    async (workers) => {
      const batches = loader(location, { ...options, batchSize: 2, workers });
      await batches.next();
      for (const { file: name } of (await readManifest(location)).shards) await writeFile(join(location, name), 'something else');
      const read = async (): Promise<void> => {
        for await (const batch of batches) expect(batch.ids).toHaveLength(2);
      };
      await expect(read()).rejects.toMatchObject({
        code: 'SHARD_DAMAGED',
        exitStatus: 2,
        message: expect.stringMatching(/^Shard .+ is damaged at byte \d+: .+; restore the file/) as string,
      });
    },
  );

  it('loader refuses a split without a sound shard', async () => {
    for (const { file: name } of (await readManifest(location)).shards) await truncate(join(location, name), 0);
    await expect(loader(location, options).next()).rejects.toThrow(
      /^Shard .+train-00000\.arrow is damaged at byte 0: it has 0 bytes/,
    );
  });
});
