import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { after } from '../capture/after.ts';
import { capture } from '../capture/capture.ts';
import { loadEngine, tf } from '../load.ts';
import { applyAdam, applyGradientDescent, applyMomentum } from './update-in-place.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

beforeAll(async () => {
  await loadEngine();
});
afterEach(() => tf.disposeVariables());

describe.each([true, false])('updates in place, captured: %s', (captured) => {
  /** Runs a step twice, so that it finds what it has left itself. */
  function twice(step: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number[][] {
    const program = captured ? capture(step) : undefined;
    const results = [0, 1].map(() => valuesOf(program === undefined ? tf.tidy(() => step(x)) : program(x)));
    program?.dispose();
    return results;
  }

  it('moves along a gradient and reads what it wrote', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const step = (x: tf.Tensor): tf.Tensor => {
      const before = tf.mul(variable, 1);
      applyGradientDescent(variable, tf.scalar(0.5), x);
      const between = tf.mul(variable, 1);
      variable.assign(tf.mul(variable, 2));
      applyGradientDescent(variable, tf.scalar(1), x);
      return tf.concat([before, between, variable]);
    };
    expect(twice(step, tf.tensor1d([2, 4]))).toEqual([
      [1, 2, 0, 0, -2, -4],
      [-2, -4, -3, -6, -8, -16],
    ]);
    expect(valuesOf(variable)).toEqual([-8, -16]);
  });

  it('steps as SGD with momentum', () => {
    const [variable, sum] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([0]))];
    const step = (x: tf.Tensor): tf.Tensor => {
      applyMomentum(variable, sum, { rate: tf.scalar(0.5), gradient: x, momentum: 0.5 });
      return tf.mul(variable, 1);
    };
    expect(twice(step, tf.tensor1d([2]))).toEqual([[0], [-1.5]]); // sums 2 and 3
  });

  it('steps as Adam', () => {
    const [variable, first, second] = [1, 0, 0].map((value) => tf.variable(tf.tensor1d([value]))) as [
      tf.Variable,
      tf.Variable,
      tf.Variable,
    ];
    const step = (x: tf.Tensor): tf.Tensor => {
      applyAdam(variable, first, second, x, { rate: tf.scalar(1), epsilon: tf.scalar(1), beta1: 0.5, beta2: 0.75 });
      return tf.concat([first, second, variable]);
    };
    expect(twice(step, tf.tensor1d([2]))).toEqual([
      [1, 1, 0.5], // 1 − 1 / (√1 + 1)
      [1.5, 1.75, expect.closeTo(0.5 - 1.5 / (Math.sqrt(1.75) + 1), 6)],
    ]);
  });

  it('leaves everybody else what they hold, and takes what is assigned', () => {
    const variable = tf.variable(tf.tensor1d([1, 1]));
    const step = (x: tf.Tensor): tf.Tensor => {
      applyGradientDescent(variable, tf.scalar(1), x);
      return tf.mul(variable, 1);
    };
    const program = captured ? capture(step) : step;
    const x = tf.tensor1d([1, 2]);
    tf.dispose(program(x));
    const [copy, view] = [tf.clone(variable), tf.reshape(variable, [2, 1])];
    tf.dispose(program(x));
    expect(valuesOf(copy)).toEqual([0, -1]);
    expect(valuesOf(view)).toEqual([0, -1]);
    expect(valuesOf(variable)).toEqual([-1, -3]);

    variable.assign(tf.tensor1d([10, 10]));
    tf.dispose(program(x));
    expect(valuesOf(variable)).toEqual([9, 8]);

    const last = tf.clone(variable);
    variable.dispose();
    expect(valuesOf(last)).toEqual([9, 8]);
  });

  it('keeps nothing of its own, and ends with its variable', () => {
    const variable = tf.variable(tf.ones([4, 1024, 1024])); // 16 MiB
    const step = (x: tf.Tensor): tf.Tensor => {
      applyGradientDescent(variable, tf.scalar(1), tf.mul(variable, 0.5));
      return tf.mul(x, 1);
    };
    const program = captured ? capture(step) : (x: tf.Tensor) => tf.tidy(() => step(x));
    const x = tf.scalar(1);
    tf.dispose(program(x));
    const tensors = tf.memory().numTensors;
    const bytes = process.memoryUsage.rss();
    for (let index = 0; index < 12; index++) tf.dispose(program(x));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage.rss() - bytes).toBeLessThan(48 * 1024 * 1024);
    expect(variable.dataSync().at(-1)).toBe(2 ** -13);
  });
});

describe(after, () => {
  it('is the same tensor, captured or not', () => {
    const step = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.add(after(a, [tf.mul(b, b)]), 1);
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const program = capture(step);
    expect(valuesOf(program(a, b))).toEqual([2, 3]);
    expect(valuesOf(step(a, b))).toEqual([2, 3]);
    program.dispose();
  });
});

it('a captured step that looks at an old value only after it was overwritten is refused', () => {
  const variable = tf.variable(tf.tensor1d([1]));
  const step = capture((x: tf.Tensor) => {
    const old = tf.clone(variable);
    applyGradientDescent(variable, tf.scalar(1), x);
    return tf.mul(old, 2);
  });
  expect(() => step(tf.tensor1d([1]))).toThrow('The step uses what a variable held before it was overwritten in place');
});
