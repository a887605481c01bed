import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdamW } from './adamw.ts';
import { clipByGlobalNorm } from './clip.ts';

beforeAll(async () => {
  await loadEngine();
});

describe(AdamW, () => {
  // torch.optim.AdamW's update written out for numbers (decay, moments, corrected step), in float64.
  function reference(start: number[], gradients: number[][], rate: number, decay: number): number[] {
    const [beta1, beta2, epsilon] = [0.9, 0.98, 1e-6];
    return start.map((value, index) => {
      let [first, second, parameter] = [0, 0, value];
      gradients.forEach((gradient, step) => {
        parameter *= 1 - rate * decay;
        first = beta1 * first + (1 - beta1) * gradient[index]!;
        second = beta2 * second + (1 - beta2) * gradient[index]! ** 2;
        const denominator = Math.sqrt(second) / Math.sqrt(1 - beta2 ** (step + 1)) + epsilon;
        parameter -= ((rate / (1 - beta1 ** (step + 1))) * first) / denominator;
      });
      return parameter;
    });
  }

  it('steps as PyTorch does, decaying matrices but not vectors', () => {
    const start = [1, -2, 0.5, 3];
    const gradients = [
      [0.1, -0.3, 0, 2],
      [0.2, 0.3, 1e-4, -1],
      [-0.5, 0.1, 0.7, 1e-3],
    ];
    const matrix = tf.variable(tf.tensor2d(start, [2, 2]));
    const vector = tf.variable(tf.tensor1d(start));
    const adam = new AdamW(
      [
        { name: 'matrix', variable: matrix },
        { name: 'vector', variable: vector },
      ],
      { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1 },
    );
    gradients.forEach((gradient, step) => {
      const named = { matrix: tf.tensor2d(gradient, [2, 2]), vector: tf.tensor1d(gradient) };
      adam.apply(named, tf.tensor1d(adam.rates(step, 0.05)));
    });
    const close = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));
    expect([...matrix.dataSync()]).toEqual(close(reference(start, gradients, 0.05, 0.1)));
    expect([...vector.dataSync()]).toEqual(close(reference(start, gradients, 0.05, 0)));
    expect(adam.variables().map(({ name }) => name)).toEqual([
      'matrix/first_moment',
      'matrix/second_moment',
      'vector/first_moment',
      'vector/second_moment',
    ]);
    adam.dispose();
    tf.dispose([matrix, vector]);
  });

  it('names the parameter that has no gradient', () => {
    const variable = tf.variable(tf.scalar(1));
    const adam = new AdamW([{ name: 'scale', variable }], { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
    expect(() => adam.apply({}, tf.tensor1d(adam.rates(0, 1)))).toThrow('no gradient for scale');
    adam.dispose();
    variable.dispose();
  });
});

describe(clipByGlobalNorm, () => {
  const gradients = (): Record<string, tf.Tensor> => ({ a: tf.tensor1d([3, 0]), b: tf.scalar(4) }); // norm 5

  it('scales all gradients alike when their joint norm is too long', () => {
    const { clipped, norm } = clipByGlobalNorm(gradients(), 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5);
    expect([...clipped['a']!.dataSync(), ...clipped['b']!.dataSync()]).toEqual(
      [0.6, 0, 0.8].map((value) => expect.closeTo(value, 5)),
    );
  });

  it('leaves short ones alone', () => {
    const { clipped } = clipByGlobalNorm(gradients(), 10);
    expect([...clipped['a']!.dataSync(), ...clipped['b']!.dataSync()]).toEqual([3, 0, 4]);
  });
});
