import { tf } from '@wenlan/engine';

/**
 * Scales gradients so that their joint L2 norm is at most `maxNorm` (Pascanu et al. 2013; as PyTorch's `clip_grad_norm_`).
 * @returns the scaled gradients and the norm before scaling
 */
export function clipByGlobalNorm(
  gradients: Readonly<Record<string, tf.Tensor>>,
  maxNorm: number,
): { clipped: Record<string, tf.Tensor>; norm: tf.Scalar } {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares)) as tf.Scalar;
  const factor = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)] as const);
  return { clipped: Object.fromEntries(clipped), norm };
}
