import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crawlTestWeb } from './support/crawl-test-web.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Handler, TestWeb } from './support/test-web.ts';

const AT_ONCE = 8;
const RESTED = 24;
const LOADED = 40;
/** One answer after the other: with eight at once each waits for most of a second. */
const MILLIS_AN_ANSWER = 120;

let folder: string;
let web: TestWeb;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wenlan-slow-'))));
afterEach(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

it('a server that comes under load, and says nothing of it, is asked for less at once', async () => {
  /** Requests under way at each arrival. */
  const atOnce: number[] = [];
  let active = 0;
  let queue = Promise.resolve();
  const answer: Handler = (_, response) => {
    active += 1;
    atOnce.push(active);
    response.once('close', () => (active -= 1));
    const millis = atOnce.length <= RESTED ? 1 : MILLIS_AN_ANSWER;
    queue = queue.then(() => sleep(millis)).then(() => void response.end(svg(1)));
  };
  const paths = Array.from({ length: RESTED + LOADED }, (_, number) => `slow.test/${number}.svg`);
  web = await startTestWeb(Object.fromEntries(paths.map((path) => [path, answer])));
  const list = join(folder, 'urls.csv');
  await writeFile(list, ['url', ...paths.map((path) => `http://${path}`)].join('\n'));
  const { byOutcome } = await crawlTestWeb(web, {
    out: join(folder, 'raw'),
    sources: [{ name: 'list', kind: 'list', seeds: [list] }],
    perHost: { requestsPerSecond: 100_000, concurrency: AT_ONCE },
  });
  expect(byOutcome).toEqual({ ok: RESTED + LOADED });
  expect(Math.max(...atOnce)).toBe(AT_ONCE);
  expect(Math.max(...atOnce.slice(-LOADED / 2))).toBeLessThan(AT_ONCE);
});
