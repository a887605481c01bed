import type { Benchmark } from '../benchmark.ts';
import { ours, peer } from '../ours.ts';

/** Bytes of float32 that are averaged, and how often. */
const WORK = JSON.stringify({ sizes: [4e3, 4e5, 4e6, 4e7, 1e8], runs: [200, 100, 40, 12, 6] });

export const benchmark: Benchmark = {
  title: 'The mean of gradients over two ranks',
  unit: 'MB',
  requirements: ['torch==2.14.1', 'numpy==2.4.6'],
  repeats: 3,
  warmsUpInside: true,
  notes: `Two processes on loopback average a tensor of float32: 4 kB, 400 kB, 4 MB, 40 MB and 100 MB, each so often after three times. A size's figure is the median
of its times, and the bytes of the tensor by it; the rate is over all of them. Ours is \`group.mean\` in a captured step, as in training: TensorFlow's ring over gRPC. The peer is
\`torch.distributed.all_reduce\` by Gloo, in place, and a division; its \`bf16\` rounds before and widens after.`,
  async prepare({ python }) {
    return {
      sides: [
        { name: 'ours', command: ours('all-reduce', WORK, 'float32') },
        { name: 'ours, bf16', command: ours('all-reduce', WORK, 'bf16') },
        { name: 'PyTorch, Gloo', command: peer(python, 'all_reduce', WORK, 'float32') },
        { name: 'PyTorch, Gloo, bf16', command: peer(python, 'all_reduce', WORK, 'bf16') },
      ],
    };
  },
};
