import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import { type Init, zeros } from './initializer.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** PyTorch's own start: uniform within 1 / √in, weight and bias. */
export function linearParameters(name: string, inFeatures: number, outFeatures: number, init?: Init): ParameterSpec[] {
  const own: Init = { kind: 'uniform', bound: 1 / Math.sqrt(inFeatures) };
  return [
    { name: `${name}.weight`, torchShape: [outFeatures, inFeatures], init: init ?? own },
    { name: `${name}.bias`, torchShape: [outFeatures], init: init === undefined ? own : zeros },
  ];
}

/**
 * x · weightᵀ + bias.
 * @param x [rows, in]
 * @returns [rows, out]
 */
export function linear(pass: ForwardPass, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(x, pass.get(`${name}.weight`), false, true), pass.get(`${name}.bias`)) as tf.Tensor2D;
}
