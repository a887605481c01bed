import { tf } from '@wenlan/engine';

/** A parameter of the query tower and its momentum copy in the key tower. */
export interface MomentumPair {
  query: tf.Variable;
  key: tf.Variable;
}

/** key ← momentum · key + (1 − momentum) · query, for each parameter (MoCo, He et al. 2020, equation 2). */
export function momentumUpdate(pairs: readonly MomentumPair[], momentum: number): void {
  for (const { query, key } of pairs) {
    key.assign(tf.tidy(() => tf.add(tf.mul(key, momentum), tf.mul(query, 1 - momentum))));
  }
}
