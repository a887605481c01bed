import { type Group, tf } from '@wenlan/engine';

export interface Weighted {
  values: tf.Tensor1D;
  /** Nothing that is trained. */
  weights: tf.Tensor1D;
}

/**
 * Σ weight · value / Σ weight of each; 0 where nothing weighs. Over several ranks the divisor is the mean of theirs, so that the mean of
 * what they return is the quotient of the sums over all: words of a rank that has few count no more than those of another.
 */
export function weightedMeans<Terms extends Weighted[]>(
  group: Group,
  terms: readonly [...Terms],
): { [Index in keyof Terms]: tf.Scalar } {
  const divisors = group.mean(terms.map(({ weights }) => tf.sum(weights)));
  const means = terms.map(({ values, weights }, index): tf.Scalar => {
    return tf.div(tf.sum(tf.mul(values, weights)), tf.maximum(divisors[index]!, 1e-6));
  });
  return means as { [Index in keyof Terms]: tf.Scalar };
}
