import { applyGradientDescent, tf } from '@wenlan/engine';

/** A parameter of the query tower and its momentum copy in the key tower. */
export interface MomentumPair {
  query: tf.Variable;
  key: tf.Variable;
}

/** key ← momentum · key + (1 − momentum) · query, for each parameter (MoCo, He et al. 2020, equation 2), in place. */
export function momentumUpdate(pairs: readonly MomentumPair[], momentum: number): void {
  tf.tidy(() => {
    const rate = tf.scalar(1 - momentum);
    for (const { query, key } of pairs) applyGradientDescent(key, rate, tf.sub(key, query));
  });
}
