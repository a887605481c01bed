import type { Benchmark } from '../benchmark.ts';
import { tinyTraining } from '../data/tiny-training.ts';
import { FLOAT32_PEERS, trainingBenchmark } from '../training-benchmark.ts';

/** float32, captured and eager. */
export const benchmark: Benchmark = trainingBenchmark({
  ...tinyTraining,
  title: 'Training a small BriVL, batches of 32',
  target: 1.5,
  ours: [{ name: '@wenlan/model' }, { name: '@wenlan/model, eager', eager: true }],
  peers: [...FLOAT32_PEERS, { name: 'PyTorch at its best, compiled', best: true, compile: true }],
});
