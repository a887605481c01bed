import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startStudio } from '@wenlan/studio';
import type { Studio } from '@wenlan/studio';
import { type PageOfPairs, filterQuery, millisOf, shownMillis, studioClient } from '../studio-client.ts';

// Serves the dataset argv[2] with the cache argv[3], first without an index, then with it, and asks for what the page asks for.
const [dataset, cacheFolder] = process.argv.slice(2) as [string, string];
const TURNS = 15;
const DATASET = '/api/datasets/pairs';
const DAY_MILLIS = 86_400_000;
const FIRST_FETCH_MILLIS = 1.7e12;

const FILTERS: Record<string, (turn: number) => object> = {
  source: (turn) => ({ source: [['news', 'weibo', 'encyclopedia', 'web'][turn % 4]!] }),
  outcome: (turn) => ({ outcome: [['ok', 'timeout', 'duplicate'][turn % 3]!] }),
  rule: () => ({ outcome: ['filtered:blur'] }),
  band: (turn) => ({ band: [['weak', 'strong', 'over-match'][turn % 3]!] }),
  scores: (turn) => ({ ranges: { 'score:blur': [turn * 20, 900], 'score:entropy': [1, 6] } }),
  'rare words': (turn) => ({ words: `气球 第${turn * 7910}` }),
  'frequent words': (turn) => ({ words: `这里 ${turn}` }),
  date: (turn) => ({ ranges: { fetchedAt: [FIRST_FETCH_MILLIS + (turn % 10) * DAY_MILLIS, null] } }),
  all: (turn) => ({
    source: ['news', 'web'],
    outcome: ['ok'],
    band: ['weak'],
    ranges: { 'score:blur': [turn * 20, 900], fetchedAt: [FIRST_FETCH_MILLIS + DAY_MILLIS, null] },
    words: `帆船 ${turn}`,
  }),
};

async function secondsOf(work: () => Promise<void>): Promise<string> {
  const from = performance.now();
  await work();
  return ((performance.now() - from) / 1000).toFixed(1);
}

let studio: Studio | undefined;
const start = async (): Promise<void> => {
  studio = await startStudio({ datasets: [{ name: 'pairs', location: dataset }], cacheFolder });
};
const firstStart = await secondsOf(start);
const memoryAfterIndexing = process.memoryUsage.rss();
await studio!.close();
const laterStart = await secondsOf(start);

const { bodyOf, jsonOf, view, firstPage } = studioClient(studio!.url);
const all: number[] = [];
const millis: Record<string, string> = {};
async function measure(name: string, work: (turn: number) => Promise<unknown>): Promise<void> {
  const taken = await millisOf(TURNS, work);
  all.push(...taken);
  millis[`${name} ms`] = shownMillis(taken);
}
const pageBehind = async (after: number, filter: object): Promise<PageOfPairs> =>
  (await jsonOf(`${DATASET}/pairs?${filterQuery(filter)}&after=${after}&limit=60`)) as PageOfPairs;
const rows = (await view({})).total;
const somewhere = (turn: number): number => Math.floor((rows * (turn + 1)) / (TURNS + 1));

await measure('first page', firstPage);
for (const [name, filterOf] of Object.entries(FILTERS))
  await measure(`filter by ${name}`, async (turn) => {
    if ((await view(filterOf(turn))).total === 0) throw new Error(`No pair has ${JSON.stringify(filterOf(turn))}.`);
  });
await measure('page 1,000', (turn) => pageBehind(Math.min(1000 * 60, rows >> 1) + turn * 60, {}));
await measure('page deep in a filter', (turn) => pageBehind(somewhere(turn), { source: ['news'], outcome: ['ok'] }));
await measure('record with near-duplicates', async (turn) => {
  const position = somewhere(turn) - (somewhere(turn) % 70) + 18;
  const { near } = (await jsonOf(`${DATASET}/pairs/${position}`)) as { near: unknown[] };
  if (near.length < 2) throw new Error(`The pair at ${position} has ${near.length} near-duplicates.`);
});
await measure('picture', async (turn) => {
  const position = somewhere(turn) - (somewhere(turn) % 70);
  await bodyOf(`${DATASET}/pairs/${position}/picture`);
});
await measure('histograms of all numbers', (turn) =>
  jsonOf(
    `${DATASET}/counts?${filterQuery({ ranges: { width: [40 + turn, null] } })}&columns=width,height,pictureBytes,textLength,fetchedAt,score:blur,score:entropy,score:chinese-share`,
  ),
);
await studio!.close();

const sizes = await Promise.all((await readdir(cacheFolder)).map(async (file) => (await stat(join(cacheFolder, file))).size));
const figures = {
  'first start s': firstStart,
  'later start s': laterStart,
  'index MB': Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6),
  'memory after indexing MB': Math.round(memoryAfterIndexing / 1e6),
  ...millis,
};
process.stdout.write(
  `${JSON.stringify({ items: all.length, seconds: all.reduce((sum, each) => sum + each, 0) / 1000, figures })}\n`,
);
