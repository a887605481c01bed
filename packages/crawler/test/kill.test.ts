import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest, verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { startTestWeb } from './support/test-web.ts';
import type { TestWeb } from './support/test-web.ts';
import { THREE_SITES, threeSites } from './support/three-sites.ts';

/** After so many pages of its own, and then so many milliseconds, which are less than a commit takes. */
const KILLS: readonly (readonly [pages: number, thenMillis: number])[] = [
  [1, 0],
  [4, 1],
  [7, 4],
  [9, 0],
];

const RANDOM_KILLS = 8;

/** Park and Miller's generator, so that a failure can be had again. @returns numbers from 0 to 1 */
function numbers(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

let folder: string;
let web: TestWeb;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-crawl-kill-'));
  web = await startTestWeb(await threeSites());
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

const childPath = fileURLToPath(new URL('./support/crawl-child.ts', import.meta.url));

async function crawlAndKill(out: string, pages: number, thenMillis: number): Promise<'killed' | 'finished'> {
  const args = ['--conditions=@wenlan/source', '--import', 'tsx', childPath, out, JSON.stringify(web.connectTo)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = 0;
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString().split('\n').length - 1;
    if (said >= pages) setTimeout(() => child.kill('SIGKILL'), thenMillis);
  });
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return 'killed';
  expect(status).toBe(0);
  return 'finished';
}

describe('a crawl that is killed again and again', () => {
  it(`ends with the bytes of one that never was (${KILLS.length} kills)`, async () => {
    const whole = join(folder, 'whole');
    await crawlTestWeb(web, {
      out: whole,
      sources: THREE_SITES.map((source) => ({ ...source, seeds: [...source.seeds] })),
      maxShardRows: 10,
    });

    const out = join(folder, 'killed');
    const shards: number[] = [];
    for (const [pages, thenMillis] of KILLS) {
      expect(await crawlAndKill(out, pages, thenMillis)).toBe('killed');
      shards.push((await readManifest(out).catch(() => null))?.shards.length ?? 0);
    }
    expect(shards).toEqual(shards.toSorted((left, right) => left - right));
    expect(shards.at(-1)).toBeGreaterThan(0);
    expect(await crawlAndKill(out, Infinity, 0)).toBe('finished');
    expect(await folderBytes(out)).toEqual(await folderBytes(whole));
    expect(await verifyDataset(out)).toMatchObject({ sound: true, complete: true, rows: 105 });
  });

  it('has exactly one row for every candidate, at whatever moments it was killed', async () => {
    const whole = join(folder, 'whole');
    const expected = (await rowsOf(whole)).map(({ id }) => id);
    const seed = Date.now();
    const random = numbers(seed);
    const out = join(folder, 'random');
    let kills = 0;
    for (let left = RANDOM_KILLS; left > 0; left -= 1) {
      const ended = await crawlAndKill(out, 1 + Math.floor(random() * 12), Math.floor(random() * 10));
      if (ended === 'finished') break;
      kills += 1;
    }
    expect(await crawlAndKill(out, Infinity, 0)).toBe('finished');
    const ids = (await rowsOf(out)).map(({ id }) => id);
    expect({ seed, ids }).toEqual({ seed, ids: expected });
    expect(new Set(ids).size).toBe(105);
    expect(kills).toBeGreaterThan(0);
  });
});
