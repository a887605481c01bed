import { loadEngine, swish, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { finiteDifferences } from '../../test/support/finite-differences.ts';
import { distance, fill } from '../../test/support/filling.ts';
import { gelu } from './activations.ts';

const x = (): tf.Tensor => tf.tensor1d(fill('x', 60, 4));

describe.each([
  ['swish', swish, (value: number) => value / (1 + Math.exp(-value))],
  ['gelu', gelu, (value: number) => 0.5 * value * (1 + erf(value * Math.SQRT1_2))],
])('%s', (_, activation, wanted) => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('has its values', () => {
    tf.tidy(() => {
      const values = [...x().dataSync()];
      expect(distance(activation(x()).dataSync(), values.map(wanted))).toBeLessThan(1e-5);
    });
  });

  it('has the gradient of finite differences, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const weights = tf.tensor1d(fill('weights', 60));
      const value = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(activation(x), weights));
      const differences = finiteDifferences(x(), value);
      expect(distance(tf.grad(value)(x()).dataSync(), differences)).toBeLessThan(2e-3);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** By its series, which converges everywhere (Abramowitz and Stegun, 7.1.5). */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
