import { tf } from '@wenlan/engine';

/** Rows of unit length; a row of zeros stays one. As PyTorch's `F.normalize`: x / max(|x|, 1e-12). */
export function l2Normalize(features: tf.Tensor2D): tf.Tensor2D {
  const squares = tf.sum(tf.square(features), 1, true); // [rows, 1]
  return tf.div(features, tf.sqrt(tf.maximum(squares, 1e-24)));
}
