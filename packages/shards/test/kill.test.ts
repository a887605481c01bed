import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { startChild } from './support/run-child.ts';
import { writeSamples } from './support/write-samples.ts';

const KILLS = 50;
/** Datasets that are written, each with its share of the kills, at the same time. */
const WRITERS = 2;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-kill-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Moment {
  /** The writer has said so many lines: that it is ready, then each time that it has committed. */
  lines: number;
  /** How long after that: less than a commit takes, so that kills fall anywhere within one. */
  thenMillis: number;
}

/** Writes in a process of its own, which is killed at a moment if it hasn't ended by then. */
async function writeAndKill(location: string, moment: Moment): Promise<'killed' | 'finished'> {
  const child = startChild('write-child.ts', [location]);
  let lines = 0;
  child.stdout!.on('data', (text: Buffer) => {
    lines += text.toString().split('\n').length - 1;
    if (lines >= moment.lines) setTimeout(() => child.kill('SIGKILL'), moment.thenMillis);
  });
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return 'killed';
  expect(status).toBe(0);
  return 'finished';
}

describe('a writer that is killed again and again', () => {
  it(`ends with the bytes of one that never was (${KILLS} kills)`, { timeout: 300_000 }, async () => {
    const whole = join(folder, 'whole');
    await writeSamples(whole);
    const expected = await folderBytes(whole);

    const writeDespiteKills = async (writer: number): Promise<void> => {
      const random = seededRandom(11, 'kill', writer);
      const location = join(folder, `killed-${writer}`);
      const shardsAfterKills: number[] = [];
      for (let kill = 0; kill < KILLS / WRITERS; kill += 1) {
        const moment = { lines: 1 + random.below(3), thenMillis: random.between(0, 20) };
        expect(await writeAndKill(location, moment)).toBe('killed');
        shardsAfterKills.push((await readManifest(location).catch(() => null))?.shards.length ?? 0);
      }
      expect(shardsAfterKills).toEqual(shardsAfterKills.toSorted((left, right) => left - right));
      expect(shardsAfterKills.at(-1)).toBeGreaterThan(0);
      expect(await writeAndKill(location, { lines: Infinity, thenMillis: 0 })).toBe('finished');
      expect(await folderBytes(location)).toEqual(expected);
      expect(await verifyDataset(location)).toMatchObject({ sound: true, complete: true });
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeDespiteKills(writer)));
  });
});
