import type { Init } from './initializer.ts';

/**
 * How a tensor of the PyTorch state dict lies in TensorFlow: `conv` [out, in, height, width] as [height, width, in, out], `depthwise`
 * [channels, 1, height, width] as [height, width, channels, 1], `plain` as it is.
 */
export type Layout = 'plain' | 'conv' | 'depthwise';

/** A parameter before it has values: what a module declares. */
export interface ParameterSpec {
  /** Name in the state dict of the encoder it belongs to. */
  name: string;
  torchShape: readonly number[];
  init: Init;
  layout?: Layout;
  /** Moved by the optimizer. Default: yes, unless it is a buffer. */
  trainable?: boolean;
  /** A running statistic, not a parameter. */
  buffer?: boolean;
  /** Stands in a layer that isn't trained. */
  frozen?: boolean;
}
