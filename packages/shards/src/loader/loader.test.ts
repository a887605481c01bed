import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyPair, loader, openDataset, pairId, readManifest, UserError } from '../index.ts';
import type { Batch, LoaderOptions, Pair } from '../index.ts';

const ROWS = 200;
const SIDE = 16;
const BROKEN = new Set([3, 77, 78, 150]);

let folder: string;
let sound: string;
let rows: Pair[];

/** A picture that tells its number: red and green are its digits to base 16. */
const picture = (number: number): Promise<Buffer> =>
  sharp({ create: { width: 20, height: 24, channels: 3, background: { r: (number >> 4) * 16, g: (number & 15) * 16, b: 128 } } })
    .png()
    .toBuffer();

async function write(location: string, pairs: Pair[]): Promise<void> {
  const writer = await openDataset(location, { stage: 'test', recipe: {}, maxShardRows: 60 });
  await writer.append(pairs, 'train');
  await writer.finish();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-loader-'));
  sound = join(folder, 'sound');
  rows = await Promise.all(
    Array.from({ length: ROWS }, async (_, number) => {
      const imageUrl = `https://img.example/${number}.png`;
      return emptyPair({
        id: pairId(imageUrl, null),
        source: 'local',
        outcome: 'ok',
        imageUrl,
        texts: [{ kind: 'alt', text: `图${number}` }],
        image: await picture(number),
      });
    }),
  );
  await write(sound, rows);
});
afterAll(() => rm(folder, { recursive: true }));

const options: LoaderOptions = {
  split: 'train',
  batchSize: 32,
  seed: 7,
  epoch: 0,
  workers: 0,
  image: { side: SIDE, augment: 'tiny' },
};

async function collect(location: string, changes: Partial<LoaderOptions> = {}): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader(location, { ...options, ...changes })) batches.push(batch);
  return batches;
}

describe(loader, () => {
  it('gives the same samples, order and pixels for 0, 1 and 4 workers', async () => {
    const inline = await collect(sound);
    expect(inline).toHaveLength(6);
    expect(inline[0]!.pixels).toHaveLength(32 * SIDE * SIDE * 3);
    for (const workers of [1, 4]) expect(await collect(sound, { workers })).toEqual(inline);
  });

  it('gives each sample once in an epoch, with its own texts and pixels, and another order in another epoch', async () => {
    const image = { side: SIDE, augment: 'none' } as const;
    const first = await collect(sound, { image, dropLast: false });
    const ids = first.flatMap((batch) => batch.ids);
    expect([...ids].sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(first.at(-1)!.ids).toHaveLength(ROWS % 32);
    for (const batch of first) {
      for (const [place, id] of batch.ids.entries()) {
        const number = rows.findIndex((row) => row.id === id);
        expect(batch.texts[place]).toEqual([{ kind: 'alt', text: `图${number}` }]);
        const [red, green, blue] = batch.pixels.subarray(place * SIDE * SIDE * 3);
        expect([red! * 255, green! * 255, blue! * 255].map(Math.round)).toEqual([(number >> 4) * 16, (number & 15) * 16, 128]);
      }
    }
    const second = await collect(sound, { image, dropLast: false, epoch: 1 });
    expect(second.flatMap((batch) => batch.ids)).not.toEqual(ids);
  });

  it('goes on from any batch as if it had never stopped', async () => {
    const whole = await collect(sound);
    for (const startBatch of [1, 4, 5, 6]) expect(await collect(sound, { startBatch })).toEqual(whole.slice(startBatch));
  });

  it('ends early without a trace when the consumer stops', async () => {
    for await (const batch of loader(sound, { ...options, workers: 1 })) {
      expect(batch.index).toBe(0);
      break;
    }
  });

  it('replaces pictures that cannot be decoded by the same others, whatever the workers and the start, and reports them', async () => {
    const location = join(folder, 'undecodable');
    await write(
      location,
      rows.map((row, number) => (BROKEN.has(number) ? { ...row, image: number === 77 ? null : new Uint8Array([1, 2, 3]) } : row)),
    );
    const batches = await collect(location);
    const skipped = batches.flatMap((batch) => batch.skipped);
    const broken = [...BROKEN].map((number) => rows[number]!.id);
    expect(skipped.length).toBeGreaterThan(0);
    for (const { id, reason } of skipped) {
      expect(broken).toContain(id);
      expect(reason).toMatch(id === rows[77]!.id ? /no picture/ : /unsupported image format/);
    }
    for (const { ids } of batches) for (const id of broken) expect(ids).not.toContain(id);
    expect(await collect(location, { workers: 4 })).toEqual(batches);
    expect(await collect(location, { startBatch: 3 })).toEqual(batches.slice(3));
  });

  it('quarantines a damaged shard, tells of it once, and fills its places with the same others', async () => {
    const location = join(folder, 'damaged');
    await write(location, rows);
    const shard = join(location, (await readManifest(location)).shards[1]!.file);
    const handle = await open(shard, 'r+');
    await handle.write(new Uint8Array([255, 255]), 0, 2, 5000);
    await handle.close();
    const told: string[] = [];
    const onQuarantine = (error: UserError): void => {
      told.push(error.message);
    };
    const batches = await collect(location, { onQuarantine, dropLast: false });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`${shard} is damaged at byte 0: its checksum isn't the manifest's`);
    const lost = new Set(rows.slice(60, 120).map(({ id }) => id));
    const ids = batches.flatMap((batch) => batch.ids);
    expect(ids).toHaveLength(ROWS);
    expect(ids.filter((id) => lost.has(id))).toEqual([]);
    expect(batches.flatMap((batch) => batch.skipped)).toHaveLength(60);
    expect(batches.flatMap((batch) => batch.skipped).map(({ id }) => id)).toContain('data/train-00001.arrow#59');
    expect(await collect(location, { onQuarantine: () => {}, dropLast: false, workers: 4 })).toEqual(batches);
  });

  it('refuses a split that is missing, or that holds no row of outcome ok', async () => {
    await expect(collect(sound, { split: 'validation' })).rejects.toThrow(
      new UserError(
        'SPLIT_MISSING',
        `The dataset at ${sound} has no rows in the split "validation" (it has train); choose another split or dataset.`,
      ),
    );
    const location = join(folder, 'dropped');
    await write(
      location,
      rows.slice(0, 5).map((row) => ({ ...row, outcome: 'decode' as const })),
    );
    await expect(collect(location)).rejects.toMatchObject({ code: 'SPLIT_EMPTY', exitStatus: 2 });
  });

  it('refuses a split that does not fill one batch of each rank', async () => {
    const [whole] = await collect(sound, { batchSize: 1000, dropLast: false });
    const { length } = whole!.ids;
    await expect(collect(sound, { batchSize: 1000 })).rejects.toMatchObject({
      code: 'SPLIT_TOO_SMALL',
      exitStatus: 2,
      message: `The split "train" of ${sound} has ${length} rows, fewer than the 1000 of a batch; lower batchSize.`,
    });
    await expect(collect(sound, { batchSize: length, worldSize: 2 })).rejects.toThrow(
      `fewer than the ${2 * length} of a batch of each of 2 ranks; lower batchSize.`,
    );
  });
});
