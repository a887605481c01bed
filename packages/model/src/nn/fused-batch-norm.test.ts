import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { finiteDifferences } from '../../test/support/finite-differences.ts';
import { distance, fill } from '../../test/support/filling.ts';
import { fusedBatchNorm } from './fused-batch-norm.ts';

const EPSILON = 1e-3;
const x = (): tf.Tensor4D => tf.tensor4d(fill('x', 3 * 4 * 4 * 2, 2, 0.5), [3, 4, 4, 2]);
const scale = (): tf.Tensor1D => tf.tensor1d([0.7, -1.2]);
const offset = (): tf.Tensor1D => tf.tensor1d([0.1, 0.4]);

describe(fusedBatchNorm, () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('normalises by the statistics of the batch, and gives them', () => {
    tf.tidy(() => {
      const { y, mean, variance } = fusedBatchNorm(x(), scale(), offset(), EPSILON);
      const moments = tf.moments(x(), [0, 1, 2]);
      const wanted = tf.batchNorm(x(), moments.mean as tf.Tensor1D, moments.variance as tf.Tensor1D, offset(), scale(), EPSILON);
      expect(distance(y.dataSync(), [...wanted.dataSync()])).toBeLessThan(1e-5);
      expect(distance(mean.dataSync(), [...moments.mean.dataSync()])).toBeLessThan(1e-5);
      const unbiased = tf.mul(moments.variance, 48 / 47); // of 3 · 4 · 4 values
      expect(distance(variance.dataSync(), [...unbiased.dataSync()])).toBeLessThan(1e-5);
    });
  });

  it('has the gradients of finite differences', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const weights = tf.tensor4d(fill('weights', 96), [3, 4, 4, 2]);
      const value = (...[x, scale, offset]: tf.Tensor[]): tf.Scalar =>
        tf.sum(tf.mul(fusedBatchNorm(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, EPSILON).y, weights));
      const inputs = [x(), scale(), offset()];
      tf.grads(value)(inputs).forEach((gradient, which) => {
        const at = inputs[which]!;
        const differences = finiteDifferences(at, (moved) => value(...inputs.map((input) => (input === at ? moved : input))));
        expect(distance(gradient.dataSync(), differences)).toBeLessThan(2e-3);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
