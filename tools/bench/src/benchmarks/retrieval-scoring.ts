import type { Benchmark } from '../benchmark.ts';
import { ours, peer, runPeer } from '../ours.ts';

const ROWS = 30_000;
const DIM = 2048;

export const benchmark: Benchmark = {
  title: `Retrieval in both directions, ${ROWS.toLocaleString('en-US')} × ${ROWS.toLocaleString('en-US')} × ${DIM.toLocaleString('en-US')}`,
  unit: 'pairs',
  requirements: ['numpy==2.4.6'],
  target: 1,
  repeats: 3,
  equalOutputs: true,
  notes: `The same two .npy files of unit vectors, read before the clock starts. NumPy multiplies 2,048 queries with the gallery and takes the first 10 by argpartition, once in
each direction, which gives R@10 and nothing else. Ours ranks the right answer of every query in both directions, exactly (float64 wherever float32 could decide wrongly), from
which come R@K of any K, median and mean rank and the number of ties; the checks of the vectors are within its time, bootstrap intervals aren't. Matrices are multiplied by the
installed TensorFlow. R@10 of both must be equal.`,
  async prepare({ folder, python }) {
    runPeer(python, 'retrieval-vectors', folder, String(ROWS), String(DIM));
    return {
      sides: [
        { name: 'WenLan', command: ours('retrieval-scoring', folder) },
        { name: 'NumPy', command: peer(python, 'retrieval-scoring', folder) },
      ],
    };
  },
};
