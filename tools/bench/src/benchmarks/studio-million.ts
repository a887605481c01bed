import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writeTinyPairs } from '../data/tiny-pairs.ts';
import { ours } from '../ours.ts';

const ROWS = 1_000_000;

export const benchmark: Benchmark = {
  title: `Exploring ${ROWS.toLocaleString('en-US')} pairs in the studio, on loopback`,
  unit: 'requests',
  requirements: [],
  repeats: 1,
  warmsUpInside: true,
  notes: `Figures are medians in milliseconds of 15 turns, with the slowest in brackets. To be reached: no turn above 200 ms. The first page and a filter are what the browser asks for, as in the
benchmark of 100,000 pairs: a filter has 60 pairs, counts by value and three histograms, asked for at once and each time with another filter; words are always new ones. A record comes with
its near-duplicates. The first start makes the index, the later one finds it. The peak of memory is that of the server and of what asks it, one process, over indexing and serving.`,
  async prepare({ folder }) {
    const dataset = join(folder, 'pairs');
    await writeTinyPairs(dataset, ROWS);
    return { sides: [{ name: 'studio', command: ours('studio-million', dataset, join(folder, 'cache')) }] };
  },
};
