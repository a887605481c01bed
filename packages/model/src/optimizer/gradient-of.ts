import type { tf } from '@wenlan/engine';
import type { Parameter } from './optimizer.ts';

/** @throws Error if there is no gradient for the parameter */
export function gradientOf({ name }: Parameter, gradients: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  const gradient = gradients[name];
  if (gradient === undefined) throw new Error(`There is no gradient for ${name}`);
  return gradient;
}
