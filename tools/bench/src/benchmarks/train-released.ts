import type { Benchmark } from '../benchmark.ts';
import { releasedTraining } from '../data/released-training.ts';
import { FLOAT32_PEERS, trainingBenchmark } from '../training-benchmark.ts';

/** float32, and its memory with and without gradient checkpointing. */
export const benchmark: Benchmark = trainingBenchmark({
  ...releasedTraining,
  title: 'Training the released BriVL, batches of 8',
  target: 1.3,
  ours: [
    { name: '@wenlan/model' },
    {
      name: '@wenlan/model, gradient checkpointing of the picture’s blocks',
      config: { gradientCheckpointing: ['backbone.blocks'] },
    },
  ],
  peers: FLOAT32_PEERS,
});
