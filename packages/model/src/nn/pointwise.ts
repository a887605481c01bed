import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';

/**
 * A 1×1 convolution with bias at single places: a product of matrices.
 * @param x [rows, in]
 * @returns [rows, out]
 */
export function pointwise(pass: ForwardPass, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const weight = pass.get<tf.Tensor4D>(`${name}.weight`); // [1, 1, in, out]
  const [, , inFeatures, outFeatures] = weight.shape;
  return tf.add(tf.matMul(x, tf.reshape(weight, [inFeatures, outFeatures])), pass.get(`${name}.bias`));
}
