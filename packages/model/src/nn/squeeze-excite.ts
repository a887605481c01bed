import { swish, tf } from '@wenlan/engine';
import { convParameters } from './convolution.ts';
import type { ForwardPass } from './forward-pass.ts';
import { zeros } from './initializer.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { pointwise } from './pointwise.ts';

/** @param reduced channels in between */
export function squeezeExciteParameters(name: string, channels: number, reduced: number): ParameterSpec[] {
  return [
    ...convParameters(`${name}.conv_reduce`, 1, channels, reduced),
    { name: `${name}.conv_reduce.bias`, torchShape: [reduced], init: zeros },
    ...convParameters(`${name}.conv_expand`, 1, reduced, channels),
    { name: `${name}.conv_expand.bias`, torchShape: [channels], init: zeros },
  ];
}

/**
 * Weighs the channels by what the whole picture holds (Hu et al. 2018).
 * @param x [batch, height, width, channels]
 */
export function squeezeExcite(pass: ForwardPass, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const [batch, , , channels] = x.shape;
  const squeezed = tf.mean(x, [1, 2]) as tf.Tensor2D; // [batch, channels]
  const reduced = swish(pointwise(pass, `${name}.conv_reduce`, squeezed)); // [batch, reduced]
  const gate = tf.sigmoid(pointwise(pass, `${name}.conv_expand`, reduced)); // [batch, channels]
  return tf.mul(x, tf.reshape(gate, [batch, 1, 1, channels]));
}
