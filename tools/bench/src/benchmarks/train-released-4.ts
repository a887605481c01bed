import type { Benchmark } from '../benchmark.ts';
import { releasedTraining } from '../data/released-training.ts';
import { trainingBenchmark } from '../training-benchmark.ts';

/** Batches of 32 don't fit into the memory that the suite is run in. */
export const benchmark: Benchmark = trainingBenchmark({
  ...releasedTraining,
  title: 'Training the released BriVL, batches of 4',
  batchSize: 4,
  target: 1.3,
  ours: [{ name: '@wenlan/model' }],
  peers: [{ name: 'PyTorch at its best', best: true }],
});
