import { ExactIndex } from '@wenlan/evaluation';
import { readPairs } from '@wenlan/shards';
import { type SearchOption, startStudio } from '@wenlan/studio';
import { unitVectors } from '../data/unit-vectors.ts';
import { millisOf, shownMillis, studioClient } from '../studio-client.ts';

// Serves the dataset argv[2] with the cache argv[3], and asks for what the page asks for.
const [dataset, cacheFolder] = process.argv.slice(2) as [string, string];
const DIM = 2048;
const THINGS = ['气球', '帆船', '房子', '树叶', '雨伞', '山水', '小猫', '列车', '面条', '灯笼'];

const ids: string[] = [];
for await (const rows of readPairs(dataset, { columns: ['id', 'outcome'] }))
  for (const { id, outcome } of rows) if (outcome === 'ok') ids.push(id);
const rows = 100_000;
const queries = unitVectors(1000, DIM, 2);
const index = new ExactIndex({ values: unitVectors(rows, DIM, 1), rows, dim: DIM });
const search: SearchOption = {
  model: 'vectors',
  dim: DIM,
  encodeText: (text) => Promise.resolve(queries.subarray(Number(text) * DIM, (Number(text) + 1) * DIM)),
  encodePictures: () => Promise.reject(new Error('Nobody asks for it.')),
  collections: [
    {
      name: 'pictures',
      kind: 'pictures',
      size: rows,
      search: (vector, top) =>
        Promise.resolve(
          index.search(vector, top).map(({ row, score }) => ({
            score,
            text: String(row),
            dataset: 'pairs',
            id: ids[row % ids.length]!,
          })),
        ),
    },
  ],
};
const startedAt = performance.now();
const studio = await startStudio({
  datasets: [{ name: 'pairs', location: dataset }],
  search,
  cacheFolder,
  requestsPerMinute: 1e6,
});
const startSeconds = (performance.now() - startedAt) / 1000;

const { jsonOf, view, firstPage } = studioClient(studio.url);

const filterOf = (turn: number): object =>
  [
    { source: ['news'], ranges: { width: [40 + turn, 300] } },
    { outcome: ['ok'], ranges: { 'score:blur': [turn * 20, null], 'score:entropy': [1, 6] } },
    { words: `${THINGS[turn % 10]} ${turn}` },
  ][turn % 3]!;

async function searchText(turn: number): Promise<void> {
  const body = JSON.stringify({ collection: 'pictures', text: String(turn), top: 24 });
  const found = (await jsonOf('/api/search', { method: 'POST', body })) as { matches: unknown[] };
  if (found.matches.length !== 24) throw new Error('The search found too little.');
}

await millisOf(3, firstPage);
await millisOf(3, searchText);
const pages = await millisOf(20, firstPage);
const filters = await millisOf(45, (turn) => view(filterOf(turn)));
const searches = await millisOf(40, searchText);
await studio.close();
const all = [...pages, ...filters, ...searches];
const figures = {
  'first page ms': shownMillis(pages),
  'filter ms': shownMillis(filters),
  'text search ms': shownMillis(searches),
  'start s': Math.round(startSeconds * 10) / 10,
};
process.stdout.write(
  `${JSON.stringify({ items: all.length, seconds: all.reduce((sum, each) => sum + each, 0) / 1000, figures })}\n`,
);
