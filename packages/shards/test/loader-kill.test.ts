import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, loader, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.ts';
import { EPOCH } from './support/epoch-options.ts';
import { picture } from './support/pictures.ts';
import { startChild } from './support/run-child.ts';

const ROWS = 130;
const KILLS = 2;

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-loader-kill-'));
  data = join(folder, 'data');
  const writer = await openDataset(data, { stage: 'test', recipe: {}, maxShardRows: 40 });
  for (let number = 0; number < ROWS; number += 1) {
    // One can't be decoded, so that another stands in for it.
    const image = number === 21 ? new Uint8Array([1, 2, 3]) : await picture(number);
    await writer.append([emptyPair({ id: `row-${number}`, source: 'local', outcome: 'ok', image })], 'train');
  }
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

interface Logged {
  index: number;
  ids: string[];
  digest: string;
}

async function ofOneThatIsNeverKilled(rank: number, worldSize: number): Promise<Logged[]> {
  const batches: Logged[] = [];
  for await (const { index, ids, pixels } of loader(data, { ...EPOCH, workers: 0, rank, worldSize }))
    batches.push({ index, ids, digest: createHash('sha256').update(new Uint8Array(pixels.buffer)).digest('hex') });
  return batches;
}

/** Runs a rank that is killed again and again, and then to its end. @returns each batch by its index, and how often it was killed */
async function withKills(workers: number, rank: number, worldSize: number): Promise<{ batches: Logged[]; kills: number }> {
  const log = join(folder, `${workers}-${rank}-${worldSize}`);
  const random = seededRandom(17, 'loader', workers, rank, worldSize);
  let kills = 0;
  for (let run = 0; run <= KILLS; run += 1) {
    const lines = run < KILLS ? 1 + random.below(3) : Infinity;
    const thenMillis = random.between(0, 10);
    const child = startChild('loader-child.ts', [data, workers, rank, worldSize, log].map(String));
    let said = 0;
    child.stdout!.on('data', (text: Buffer) => {
      said += text.toString().split('\n').length - 1;
      if (said >= lines) setTimeout(() => child.kill('SIGKILL'), thenMillis);
    });
    const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (signal === 'SIGKILL') kills += 1;
    else expect(status).toBe(0);
  }
  const byIndex = new Map<number, Logged>();
  for (const line of (await readFile(log, 'utf8')).trimEnd().split('\n')) {
    const batch = JSON.parse(line) as Logged;
    // What was used, but not saved as used, comes again as it was.
    expect(byIndex.get(batch.index) ?? batch).toEqual(batch);
    byIndex.set(batch.index, batch);
  }
  return { batches: [...byIndex.values()].sort((left, right) => left.index - right.index), kills };
}

describe('a loader whose process is killed, goes on, is killed and goes on', () => {
  it.each([
    [4, 1],
    [1, 2],
    [0, 4],
  ])(
    'gives the samples of one that never was, with %i workers in a world of %i',
    async (workers, worldSize) => {
      const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
      const expected = await Promise.all(ranks.map((rank) => ofOneThatIsNeverKilled(rank, worldSize)));
      const killed = await Promise.all(ranks.map((rank) => withKills(workers, rank, worldSize)));
      expect(killed.map(({ batches }) => batches)).toEqual(expected);
      expect(killed.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThanOrEqual(KILLS);
      const ids = killed.flatMap(({ batches }) => batches.flatMap((batch) => batch.ids));
      expect(ids).toHaveLength(ROWS);
      // But for the place of the one that can't be decoded, each row comes once.
      expect(new Set(ids).size).toBeGreaterThanOrEqual(ROWS - 1);
    },
    120_000,
  );
});
