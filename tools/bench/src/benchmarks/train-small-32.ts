import type { Benchmark } from '../benchmark.ts';
import { smallTraining } from '../data/small-training.ts';
import { trainingBenchmark } from '../training-benchmark.ts';

export const benchmark: Benchmark = trainingBenchmark({
  ...smallTraining,
  title: 'Training `small`, batches of 32',
  batchSize: 32,
  target: 1.3,
  ours: [{ name: '@wenlan/model' }],
  peers: [{ name: 'PyTorch at its best', best: true }],
});
