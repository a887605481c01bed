import type { Benchmark } from '../benchmark.ts';
import { ours } from '../ours.ts';

export const benchmark: Benchmark = {
  title: 'Writing rows of 2 KB',
  unit: 'rows',
  requirements: [],
  repeats: 1,
  notes: `Rows with a picture of 2 KB and a text are appended a hundred at a time and committed in shards of 1,000. To be reached: a peak of memory below 400 MB that is flat in the number of rows.`,
  prepare: () =>
    Promise.resolve({
      sides: [50_000, 100_000, 200_000].map((rows) => ({
        name: `${rows.toLocaleString('en-US')} rows`,
        command: ours('shards-write', String(rows)),
      })),
    }),
};
