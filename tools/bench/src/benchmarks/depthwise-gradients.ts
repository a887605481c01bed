import type { Benchmark } from '../benchmark.ts';
import { ours } from '../ours.ts';

/** Gradients of the depthwise convolutions of EfficientNet-B5 at 380 pixels and B0 at 96, in three formulations. */
export const benchmark: Benchmark = {
  title: 'Gradients of the filters of depthwise convolutions',
  unit: 'GFLOP',
  requirements: [],
  target: 5,
  repeats: 5,
  warmsUpInside: true,
  notes:
    'Filters of 5 × 5 at the sizes of `brivl-released` in batches of 8 and of a B0 at 96 pixels in batches of 32, captured. *Kernel* is the operation that the engine compiles into its binding; *TensorFlow* its `DepthwiseConv2dNativeBackpropFilter`; ' +
    '*shifted products* are 25 slices of the padded picture, each multiplied by the upstream gradient and summed. The figures are the largest differences from TensorFlow’s result, by its largest value.',
  prepare: () =>
    Promise.resolve({
      sides: [
        { name: 'kernel', command: ours('depthwise-gradients', 'kernel') },
        { name: 'TensorFlow', command: ours('depthwise-gradients', 'tensorflow') },
        { name: 'shifted products', command: ours('depthwise-gradients', 'shifts') },
      ],
    }),
};
