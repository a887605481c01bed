import type { Benchmark } from '../benchmark.ts';
import { tinyTraining } from '../data/tiny-training.ts';
import { trainingBenchmark } from '../training-benchmark.ts';

export const benchmark: Benchmark = trainingBenchmark({
  ...tinyTraining,
  title: 'Training a small BriVL, batches of 8',
  batchSize: 8,
  target: 1.3,
  repeats: 3,
  ours: [{ name: '@wenlan/model' }],
  peers: [{ name: 'PyTorch at its best', best: true }],
});
