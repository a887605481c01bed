import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writeTinyPairs } from '../data/tiny-pairs.ts';
import { ours } from '../ours.ts';

const ROWS = 100_000;

export const benchmark: Benchmark = {
  title: `The studio over ${ROWS.toLocaleString('en-US')} pairs, on loopback`,
  unit: 'requests',
  requirements: [],
  repeats: 3,
  notes: `Figures are medians in milliseconds, with the slowest in brackets. To be reached: the first page below 200 ms, a filter below 150 ms, a text search over 100,000 vectors of
2,048 numbers, exact, below 100 ms. The first page is all that the browser asks for until it shows pairs: the page with its scripts, 60 pairs, counts by value, three histograms and the
thumbnails of the first twelve. A filter is what the page asks for when one changes: 60 pairs, counts and histograms, each time with another filter. A search goes over HTTP and has its best
24 described; encoding the sentence is not within it, a vector stands for it. The index is made on the first start and kept for the later ones.`,
  async prepare({ folder }) {
    const dataset = join(folder, 'pairs');
    await writeTinyPairs(dataset, ROWS);
    return { sides: [{ name: 'studio', command: ours('studio', dataset, join(folder, 'cache')) }] };
  },
};
