import { tf } from '@wenlan/engine';

/** x · Φ(x), exact (Hendrycks and Gimpel 2016). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const doubled = tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1);
  return tf.mul(tf.mul(x, 0.5), doubled) as T;
}
