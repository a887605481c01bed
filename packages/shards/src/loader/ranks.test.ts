import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture } from '../../test/support/pictures.ts';
import { emptyPair, loader, openDataset, readManifest } from '../index.ts';
import type { Batch, LoaderOptions } from '../index.ts';

const ROWS = 130;
const WORLDS = [1, 2, 4];

let folder: string;
let sound: string;
let damaged: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-ranks-'));
  [sound, damaged] = [join(folder, 'sound'), join(folder, 'damaged')];
  const rows = await Promise.all(
    Array.from({ length: ROWS }, async (_, number) =>
      emptyPair({
        id: `row-${number}`,
        source: 'local',
        outcome: number % 13 === 5 ? 'filtered:min-side' : 'ok',
        texts: [{ kind: 'alt', text: '图'.repeat(1 + ((number * 7) % 40)) }],
        image: number === 21 ? new Uint8Array([1, 2, 3]) : await picture(number),
      }),
    ),
  );
  for (const location of [sound, damaged]) {
    const writer = await openDataset(location, { stage: 'test', recipe: {}, maxShardRows: 40 });
    await writer.append(rows, 'train');
    await writer.finish();
  }
  await truncate(join(damaged, (await readManifest(damaged)).shards[2]!.file), 5000);
});
afterAll(() => rm(folder, { recursive: true }));

const options: LoaderOptions = {
  split: 'train',
  batchSize: 8,
  seed: 3,
  epoch: 1,
  workers: 0,
  image: { side: 8, augment: 'tiny' },
  dropLast: false,
  onQuarantine: () => {},
};

async function collect(location: string, changes: Partial<LoaderOptions> = {}): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader(location, { ...options, ...changes })) batches.push(batch);
  return batches;
}

/** As a process that is stopped after a few batches, and begun anew where its state says, again and again. */
async function collectWithStops(location: string, changes: Partial<LoaderOptions>): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let stop = 1; ; stop += 1) {
    const before = batches.length;
    for await (const batch of loader(location, { ...options, ...changes, startBatch: before })) {
      batches.push(batch);
      if (stop <= 2 && batches.length - before === stop) break;
    }
    if (stop > 2) return batches;
  }
}

/** What a rank gets of the batches of a world of one. */
const dealt = (whole: readonly Batch[], rank: number, worldSize: number): Batch[] =>
  whole.filter(({ index }) => index % worldSize === rank).map((batch, index) => ({ ...batch, index }));

describe('a loader in each of several processes', () => {
  it.each([0, 1, 4])('gives each row once over all ranks, also after two stops, with %i workers', async (workers) => {
    for (const location of [sound, damaged]) {
      const whole = await collect(location);
      for (const worldSize of WORLDS) {
        for (let rank = 0; rank < worldSize; rank += 1) {
          expect(await collectWithStops(location, { workers, rank, worldSize })).toEqual(dealt(whole, rank, worldSize));
        }
      }
    }
    const ids = (await collect(sound)).flatMap((batch) => [...batch.ids, ...batch.skipped.map(({ id }) => id)]);
    expect(new Set(ids).size).toBe(ROWS - 10);
  });

  it('gives every rank as many batches where the last ones are dropped', async () => {
    const whole = await collect(sound);
    for (const worldSize of WORLDS) {
      for (let rank = 0; rank < worldSize; rank += 1) {
        const batches = await collect(sound, { rank, worldSize, dropLast: true });
        expect(batches).toEqual(dealt(whole, rank, worldSize).slice(0, Math.floor((ROWS - 10) / (8 * worldSize))));
      }
    }
  });

  it('tells of a quarantined shard in the first of them only', async () => {
    const told: number[] = [];
    for (const rank of [0, 1]) await collect(damaged, { rank, worldSize: 2, onQuarantine: () => told.push(rank) });
    expect(told).toEqual([0]);
  });

  it('warns of a quarantined shard once in the life of the process', async () => {
    const { onQuarantine: _, ...rest } = options;
    const told: string[] = [];
    const listen = ({ message }: Error): void => void told.push(message);
    process.on('warning', listen);
    try {
      for (const epoch of [0, 1])
        for await (const batch of loader(damaged, { ...rest, epoch })) expect(batch.ids).not.toEqual([]);
    } finally {
      process.off('warning', listen);
    }
    expect(told).toEqual([expect.stringContaining('train-00002.arrow is damaged at byte 5000')]);
  });

  it.each<[Partial<LoaderOptions>, string]>([
    [{ rank: 2, worldSize: 2 }, `The loader can't work with rank 2 in a world of 2; ranks go from 0 to 1.`],
    [{ rank: -1 }, `The loader can't work with rank -1; give a whole number from 0 on.`],
    [{ worldSize: 1.5 }, `The loader can't work with worldSize 1.5; give a whole number from 1 on.`],
    [{ batchSize: 0 }, `The loader can't work with batchSize 0; give a whole number from 1 on.`],
    [{ image: { side: 0, augment: 'none' } }, `The loader can't work with image.side 0; give a whole number from 1 on.`],
    [
      { image: { side: 8, augment: 'tyni' as 'tiny' } },
      `The loader can't work with image.augment "tyni"; give one of none, released, tiny, or what is to be done.`,
    ],
    [{ bucketBy: { bounds: [8, 8] } }, `The loader can't work with the bounds 8, 8 of buckets; give them in rising order.`],
    [
      { bucketBy: { bounds: Array.from({ length: 256 }, (_, index) => index) } },
      `The loader can't work with 256 bounds of buckets; give at most 255.`,
    ],
  ])('refuses %o', async (changes, message) => {
    await expect(collect(sound, changes)).rejects.toMatchObject({ code: 'OPTION_INVALID', exitStatus: 2, message });
  });
});

describe('a loader with buckets', () => {
  const bucketBy = { bounds: [10, 20, 30] };
  const bucketOf = (length: number): number => Math.min(3, Math.floor((length - 1) / 10));

  it('gives batches of texts of like length, each row once, in the same order for all workers and ranks', async () => {
    const whole = await collect(sound, { bucketBy });
    const ids = whole.flatMap((batch) => [...batch.ids, ...batch.skipped.map(({ id }) => id)]);
    expect(new Set(ids).size).toBe(ROWS - 10);
    const pure = whole.filter(
      ({ texts, skipped }) => skipped.length === 0 && new Set(texts.map(([text]) => bucketOf([...text!.text].length))).size === 1,
    );
    expect(pure.length).toBeGreaterThanOrEqual(whole.length - 5);
    expect(await collect(sound, { bucketBy, workers: 4 })).toEqual(whole);
    for (const rank of [0, 1, 2, 3])
      expect(await collectWithStops(sound, { bucketBy, workers: 1, rank, worldSize: 4 })).toEqual(dealt(whole, rank, 4));
    expect((await collect(sound, { bucketBy, epoch: 2 })).map(({ ids: row }) => row)).not.toEqual(
      whole.map(({ ids: row }) => row),
    );
  });

  it('takes lengths as the caller measures them', async () => {
    const textLength = ({ id }: { id: string }): number => Number(id.slice(4)) % 2;
    const whole = await collect(sound, { bucketBy: { bounds: [0], textLength } });
    const parities = whole.map(({ ids }) => new Set(ids.map((id) => textLength({ id }))).size);
    expect(parities.filter((count) => count > 1).length).toBeLessThanOrEqual(2);
  });
});
