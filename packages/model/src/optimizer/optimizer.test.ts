import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipByGlobalNorm } from './clip.ts';
import { AdamW } from './adamw.ts';
import { createOptimizer, type OptimizerConfig } from './optimizer.ts';
import { SGD } from './sgd.ts';

const CONFIG: OptimizerConfig = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1 };

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
    const adam = createOptimizer(
      [
        { name: 'matrix', variable: matrix },
        { name: 'vector', variable: vector },
      ],
      CONFIG,
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
    const adam = createOptimizer([{ name: 'scale', variable }], CONFIG);
    expect(() => adam.apply({}, tf.tensor1d(adam.rates(0, 1)))).toThrow('There is no gradient for scale');
    adam.dispose();
    variable.dispose();
  });
});

describe(SGD, () => {
  it('steps with momentum as PyTorch does, decay apart', () => {
    const matrix = tf.variable(tf.tensor2d([1, -2], [1, 2]));
    const sgd = createOptimizer([{ name: 'matrix', variable: matrix }], { ...CONFIG, optimizer: 'sgd', sgdMomentum: 0.8 });
    const wanted = [1, -2];
    const sums = [0, 0];
    for (const [step, gradient] of [
      [0.1, -0.3],
      [0.2, 0.3],
      [-0.5, 0.1],
    ].entries()) {
      gradient.forEach((value, index) => {
        sums[index] = 0.8 * sums[index]! + value;
        wanted[index] = wanted[index]! * (1 - 0.05 * 0.1) - 0.05 * sums[index];
      });
      sgd.apply({ matrix: tf.tensor2d(gradient, [1, 2]) }, tf.tensor1d(sgd.rates(step, 0.05)));
    }
    expect([...matrix.dataSync()]).toEqual(wanted.map((value) => expect.closeTo(value, 6) as number));
    expect(sgd.variables().map(({ name }) => name)).toEqual(['matrix/momentum']);
    sgd.dispose();
    matrix.dispose();
  });
});

describe('parameter groups', () => {
  const parameters = (): { name: string; variable: tf.Variable }[] =>
    ['imgencoder.backbone.w', 'imgencoder.fc.w', 'textencoder.w'].map((name) => ({
      name,
      variable: tf.variable(tf.ones([1, 1])),
    }));

  it.each(['adamw', 'sgd'] as const)('scale the rate of %s and replace its decay; the first that fits counts', (optimizer) => {
    const of = parameters();
    const made = createOptimizer(of, {
      ...CONFIG,
      optimizer,
      parameterGroups: [
        { names: 'imgencoder.backbone.*', learningRateFactor: 0 },
        { names: 'imgencoder.*', learningRateFactor: 0.5, weightDecay: 0 },
      ],
    });
    const gradients = Object.fromEntries(of.map(({ name }) => [name, tf.ones([1, 1])]));
    made.apply(gradients, tf.tensor1d(made.rates(0, 0.1)));
    // a first step of Adam is the rate itself, one of SGD rate · gradient: the same here
    expect(of.map(({ variable }) => variable.dataSync()[0])).toEqual(
      [1, 0.95, 0.89].map((value) => expect.closeTo(value, 5) as number),
    );
    made.dispose();
    tf.dispose(of.map(({ variable }) => variable));
  });

  it('refuse names that nothing has', () => {
    const of = parameters();
    const groups = [{ names: '*' }, { names: 'textencoder.*' }];
    expect(() => createOptimizer(of, { ...CONFIG, parameterGroups: groups })).toThrow(
      'train.parameterGroups.1.names is "textencoder.*", but no parameter that is trained and in no group before has such a name; names are such as imgencoder.backbone.w.',
    );
    tf.dispose(of.map(({ variable }) => variable));
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
