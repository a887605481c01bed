import { depthwiseConvolution, tf } from '@wenlan/engine';
import { batchNorm, EPSILON } from './batch-norm.ts';
import { depthwise } from './convolution.ts';
import type { ForwardPass } from './forward-pass.ts';

/** Names of a depthwise convolution and of the batch norm that follows it. */
export interface DepthwiseNormNames {
  convolution: string;
  norm: string;
}

/**
 * A depthwise convolution and its batch norm. By running statistics the norm scales and shifts each channel, as a filter does: folded into
 * the filter it saves a pass over the widest maps of the network. TensorFlow does so by itself for other convolutions, not for these.
 * @param x [batch, height, width, channels]
 * @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, channels]
 */
export function depthwiseNorm(
  pass: ForwardPass,
  { convolution, norm }: DepthwiseNormNames,
  x: tf.Tensor4D,
  stride: 1 | 2,
): tf.Tensor4D {
  if (pass.isTraining(`${norm}.weight`)) return batchNorm(pass, norm, depthwise(pass, convolution, x, stride));
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    pass.get<tf.Tensor1D>(`${norm}.${part}`),
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, EPSILON))); // [channels]
  const filter = tf.mul(pass.get<tf.Tensor4D>(`${convolution}.weight`), tf.reshape(factor, [1, 1, -1, 1])) as tf.Tensor4D;
  return tf.add(depthwiseConvolution(x, filter, stride), tf.sub(offset, tf.mul(mean, factor)));
}
