import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import { ones, zeros } from './initializer.ts';
import type { ParameterSpec } from './parameter-spec.ts';

export function layerNormParameters(name: string, features: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, torchShape: [features], init: ones },
    { name: `${name}.bias`, torchShape: [features], init: zeros },
  ];
}

/**
 * Layer normalisation of every row (Ba et al. 2016).
 * @param x [rows, features]
 */
export function layerNorm(pass: ForwardPass, name: string, x: tf.Tensor2D, epsilon: number): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, 1, true)); // [rows, features]
  const variance = tf.mean(tf.square(centred), 1, true); // [rows, 1]
  const normed = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normed, pass.get(`${name}.weight`)), pass.get(`${name}.bias`)) as tf.Tensor2D;
}
