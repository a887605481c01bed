import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../node-backend.ts';

/**
 * The same tensor, but in a captured step nothing is computed from it before `others` are there: TensorFlow runs whatever is ready, and
 * what is computed too early lies about in memory. No gradient flows through it.
 */
export function after<T extends tf.Tensor>(x: T, others: readonly tf.Tensor[]): T {
  const backend = tf.backend() as NodeBackend;
  const { binding } = backend;
  if (binding.recordAfter === undefined) return tf.clone(x);
  const [id, ...ids] = backend.getInputTensorIds([x, ...others]);
  return backend.createOutputTensor(binding.recordAfter(id!, ids)) as T;
}
