import { execFileSync } from 'node:child_process';
import type { Benchmark } from '../benchmark.ts';
import { ours, peer } from '../ours.ts';

const ROWS = 100_000;
const DIM = 2048;
const QUERIES = 200;

export const benchmark: Benchmark = {
  title: `One sentence after another in ${ROWS.toLocaleString('en-US')} vectors of ${DIM.toLocaleString('en-US')}, exactly`,
  unit: 'queries',
  requirements: ['numpy==2.4.6'],
  target: 1,
  repeats: 3,
  equalOutputs: true,
  notes: `The same .npy files of unit vectors around 1,000 centres; queries are rows with as much noise as signal. Each query is asked alone, as in the studio, for its first 10. NumPy multiplies in float32 with
OpenBLAS on all cores and takes them by argpartition; ours reads a quarter of the memory on one core, in eight bits, and multiplies in float64 those rows that may be among the first 10. Both must name the same rows.
Making the index is not within the time; it is beside it.`,
  async prepare({ folder, python }) {
    const [command, ...args] = peer(python, 'search-vectors', folder, String(ROWS), String(DIM), String(QUERIES)) as [
      string,
      ...string[],
    ];
    execFileSync(command, args);
    return {
      sides: [
        { name: 'WenLan', command: ours('studio-search', folder) },
        { name: 'NumPy', command: peer(python, 'search', folder) },
      ],
    };
  },
};
