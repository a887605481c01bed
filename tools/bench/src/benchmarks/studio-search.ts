import type { Benchmark } from '../benchmark.ts';
import { DIM, ROWS, writeSearchVectors } from '../data/search-vectors.ts';
import { ours, peer } from '../ours.ts';

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
    writeSearchVectors(folder, python);
    return {
      sides: [
        { name: 'WenLan', command: ours('studio-search', folder) },
        { name: 'NumPy', command: peer(python, 'search', folder) },
      ],
    };
  },
};
