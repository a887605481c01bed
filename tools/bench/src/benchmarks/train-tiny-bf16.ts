import type { Benchmark } from '../benchmark.ts';
import { tinyTraining } from '../data/tiny-training.ts';
import { trainingBenchmark } from '../training-benchmark.ts';

/** Products in bfloat16, beside autocast. */
export const benchmark: Benchmark = trainingBenchmark({
  ...tinyTraining,
  title: 'Training a small BriVL in bfloat16, batches of 32',
  target: 1.5,
  ours: [{ name: '@wenlan/model, bf16', config: { precision: 'bf16' } }, { name: '@wenlan/model' }],
  peers: [{ name: 'PyTorch at its best, bf16 autocast', best: true, bfloat16: true }],
});
