import type { Benchmark } from '../benchmark.ts';
import { DIM, ROWS, writeSearchVectors } from '../data/search-vectors.ts';
import { ours } from '../ours.ts';

export const benchmark: Benchmark = {
  title: `An approximate index over ${ROWS.toLocaleString('en-US')} vectors of ${DIM.toLocaleString('en-US')}, beside the exact one`,
  unit: 'queries',
  requirements: ['numpy==2.4.6'],
  target: 1,
  repeats: 3,
  notes: `The vectors and queries of studio-search, asked one after another for their first 10. The approximate index is the graph that \`openVectorIndex\` builds once beside a file of vectors and maps
into memory; what it proposes is multiplied in full. Recall@10 is the share of the exact first 10 that it finds. To be reached: a median below 20 ms at a recall of 98 % or more.
Building the graph is timed apart and happens in the run that isn't counted; the other runs find it.`,
  async prepare({ folder, python }) {
    writeSearchVectors(folder, python);
    return {
      sides: [
        { name: 'approximate', command: ours('studio-index', folder) },
        { name: 'exact', command: ours('studio-search', folder) },
      ],
    };
  },
};
