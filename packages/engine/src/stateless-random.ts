import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from './node-backend.ts';

/**
 * Uniform numbers of [0, 1) that depend on the seed alone (TensorFlow's StatelessRandomUniform), so that a captured step can draw them.
 * @param shape of the result
 * @param seed int32 [2]
 */
export function statelessUniform(shape: number[], seed: tf.Tensor1D): tf.Tensor {
  const backend = tf.backend() as NodeBackend;
  const type = (name: string, value: number): { name: string; type: number; value: number } => ({
    name,
    type: backend.binding.TF_ATTR_TYPE,
    value,
  });
  const { TF_INT32, TF_FLOAT } = backend.binding;
  return tf.tidy(() => {
    const size = tf.tensor1d(shape, 'int32');
    return backend.executeSingleOutput(
      'StatelessRandomUniform',
      [type('dtype', TF_FLOAT), type('T', TF_INT32), type('Tseed', TF_INT32)],
      [size, seed],
    );
  });
}

/**
 * Dropout whose mask depends on the seed alone; kept values are scaled by 1 / (1 - rate).
 * @param rate share of values that become zero, of [0, 1)
 * @param seed int32 [2]
 */
export function statelessDropout<T extends tf.Tensor>(x: T, rate: number, seed: tf.Tensor1D): T {
  if (rate === 0) return x;
  return tf.tidy(() => {
    const kept = tf.cast(tf.greaterEqual(statelessUniform(x.shape, seed), rate), 'float32');
    return tf.mul(x, tf.div(kept, 1 - rate));
  });
}
