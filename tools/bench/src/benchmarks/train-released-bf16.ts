import type { Benchmark } from '../benchmark.ts';
import { releasedTraining } from '../data/released-training.ts';
import { trainingBenchmark } from '../training-benchmark.ts';

/** Products in bfloat16, beside autocast. */
export const benchmark: Benchmark = trainingBenchmark({
  ...releasedTraining,
  title: 'Training the released BriVL in bfloat16, batches of 8',
  target: 2.5,
  ours: [{ name: '@wenlan/model, bf16', config: { precision: 'bf16' } }, { name: '@wenlan/model' }],
  peers: [
    { name: 'PyTorch at its best, bf16 autocast', best: true, bfloat16: true },
    { name: 'PyTorch at its best with savings, bf16 autocast', best: true, savings: true, bfloat16: true },
  ],
});
