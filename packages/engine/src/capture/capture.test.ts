import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEngine, tf } from '../load.ts';
import { statelessUniform } from '../stateless-random.ts';
import { capture } from './capture.ts';

interface Net {
  weights: Record<string, tf.Variable>;
  step: (x: tf.Tensor4D, y: tf.Tensor2D, learningRate: tf.Scalar) => tf.Tensor[];
}

/** Convolution, batch-norm statistics kept by hand, a dense layer, and momentum: everything a training step assigns. */
function createNet(): Net {
  const draw = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 0.3, 'float32', seed);
  const weights = {
    filter: tf.variable(draw([3, 3, 3, 8], 1)),
    dense: tf.variable(draw([8, 4], 2)),
    mean: tf.variable(tf.zeros([8]), false),
    momentum: tf.variable(tf.zeros([3, 3, 3, 8]), false),
  };
  const step: Net['step'] = (x, y, learningRate) => {
    const { value, grads } = tf.variableGrads(() => {
      const features = tf.conv2d(x, weights.filter as unknown as tf.Tensor4D, 2, 'same');
      const mean = tf.mean(features, [0, 1, 2]);
      weights.mean.assign(tf.add(tf.mul(weights.mean, 0.9), tf.mul(mean, 0.1)));
      const pooled = tf.mean(tf.relu(tf.sub(features, mean)), [1, 2]) as tf.Tensor2D;
      return tf.mean(tf.squaredDifference(tf.matMul(pooled, weights.dense as unknown as tf.Tensor2D), y));
    }, [weights.filter, weights.dense]);
    weights.momentum.assign(tf.add(tf.mul(weights.momentum, 0.9), grads[weights.filter.name]!));
    weights.filter.assign(tf.sub(weights.filter, tf.mul(learningRate, weights.momentum)));
    weights.dense.assign(tf.sub(weights.dense, tf.mul(learningRate, grads[weights.dense.name]!)));
    return [value];
  };
  return { weights, step };
}

const batch = (size: number): [tf.Tensor4D, tf.Tensor2D] => [
  tf.randomUniform([size, 8, 8, 3], 0, 1, 'float32', 3) as tf.Tensor4D,
  tf.randomUniform([size, 4], 0, 1, 'float32', 4) as tf.Tensor2D,
];

describe('capture', () => {
  beforeAll(async () => {
    expect((await loadEngine()).captures).toBe(true);
  });
  afterAll(() => tf.disposeVariables());

  it('gives the losses and weights of the eager step', () => {
    const [x, y] = batch(4);
    const eager = createNet();
    const captured = createNet();
    const step = capture(captured.step);
    for (let i = 0; i < 6; i++) {
      const rate = tf.scalar(0.1 / (i + 1));
      const expected = tf.tidy(() => eager.step(x, y, rate))[0]!.dataSync()[0]!;
      const actual = step(x, y, rate)[0]!.dataSync()[0]!;
      expect(Math.abs(actual - expected)).toBeLessThan(1e-6);
    }
    expect(step.programs).toBe(1);
    for (const [name, variable] of Object.entries(eager.weights)) {
      const difference = tf.max(tf.abs(tf.sub(variable, captured.weights[name]!))).dataSync()[0]!;
      expect(difference).toBeLessThan(1e-6);
    }
    step.dispose();
  });

  it('records one program for each set of shapes', () => {
    const net = createNet();
    const step = capture(net.step);
    const rate = tf.scalar(0.1);
    for (const size of [2, 3, 2, 3, 2, 3]) {
      const [x, y] = batch(size);
      const loss = step(x, y, rate)[0]!.dataSync()[0]!;
      expect(Number.isFinite(loss)).toBe(true);
    }
    expect(step.programs).toBe(2);
    step.dispose();
  });

  it('keeps nothing over 300 steps', () => {
    const net = createNet();
    const step = capture(net.step);
    const [x, y] = batch(4);
    const rate = tf.scalar(0.01);
    const run = (): void => tf.dispose(step(x, y, rate));
    for (let i = 0; i < 20; i++) run();
    const tensors = tf.memory().numTensors;
    const bytes = process.memoryUsage.rss();
    for (let i = 0; i < 300; i++) run();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage.rss() - bytes).toBeLessThan(64 * 1024 * 1024);
    step.dispose();
  });

  it('gives the same bytes twice', () => {
    const losses = [0, 1].map(() => {
      const net = createNet();
      const step = capture(net.step);
      const [x, y] = batch(16);
      const seen = Array.from({ length: 8 }, () => step(x, y, tf.scalar(0.1))[0]!.dataSync()[0]!);
      step.dispose();
      return seen;
    });
    expect(losses[0]).toEqual(losses[1]);
  });

  it('draws by a seed that is an input', () => {
    const step = capture((seed: tf.Tensor1D) => [statelessUniform([4], seed)]);
    const draw = (seed: number): number[] => Array.from(step(tf.tensor1d([seed, 0], 'int32'))[0]!.dataSync());
    const first = [1, 1, 1].map(draw);
    expect(first[1]).toEqual(first[0]);
    expect(first[2]).toEqual(first[0]);
    expect(draw(2)).not.toEqual(first[0]);
    step.dispose();
  });

  it('gathers rows and their gradient without reading the indices', () => {
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const step = capture((rows: tf.Tensor, ids: tf.Tensor1D) =>
      tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.gather(x, ids))))(rows),
    );
    for (let i = 0; i < 3; i++) {
      expect(Array.from(step(table, tf.tensor1d([2, 0, 2], 'int32')).dataSync())).toEqual([2, 4, 0, 0, 20, 24]);
    }
    expect(() => tf.gather(table, tf.tensor1d([3], 'int32'))).toThrow('[0, 3)');
    step.dispose();
  });

  it('takes numbers of a tensor from outside that nothing has used before', () => {
    const numbers = Float32Array.from({ length: 10_000 }, (_, index) => index);
    const outside = tf.tensor1d(numbers);
    const step = capture((x: tf.Tensor) => tf.mul(x, outside));
    const x = tf.scalar(2);
    expect(Array.from(step(x).dataSync().subarray(9_998))).toEqual([19_996, 19_998]);
    expect(Array.from(outside.dataSync().subarray(9_998))).toEqual([9_998, 9_999]);
    step.dispose();
  });

  it('returns one tensor where the step does', () => {
    const step = capture((a: tf.Tensor) => tf.mul(a, 2));
    for (let i = 0; i < 3; i++) expect(Array.from(step(tf.tensor1d([1, 2])).dataSync())).toEqual([2, 4]);
    step.dispose();
  });

  it('returns an input and takes two inputs on one tensor', () => {
    const step = capture((a: tf.Tensor, b: tf.Tensor) => [a, tf.add(a, b)]);
    const one = tf.tensor1d([1, 2]);
    for (let i = 0; i < 4; i++) {
      const [same, sum] = step(one, tf.clone(one));
      expect(Array.from(same!.dataSync())).toEqual([1, 2]);
      expect(Array.from(sum!.dataSync())).toEqual([2, 4]);
    }
    step.dispose();
  });

  it('multiplies in bfloat16 within its rounding', () => {
    const a = tf.randomUniform([16, 32], 0, 1, 'float32', 5) as tf.Tensor2D;
    const step = capture((x: tf.Tensor2D) => [tf.matMul(x, x, false, true)], { bfloat16: true });
    const exact = tf.matMul(a, a, false, true);
    for (let i = 0; i < 3; i++) {
      const [rounded] = step(a);
      const worst = tf.max(tf.abs(tf.div(tf.sub(rounded!, exact), exact))).dataSync()[0]!;
      expect(worst).toBeLessThan(0.01);
      if (i === 2) expect(worst).toBeGreaterThan(0);
    }
    step.dispose();
  });

  it('refuses a step that reads values, draws in JavaScript or makes variables', () => {
    const x = tf.ones([400]);
    const twice = (step: (input: tf.Tensor) => tf.Tensor[]) => (): void => {
      const captured = capture(step);
      captured(x);
      captured(x);
    };
    expect(twice((input) => [tf.mul(input, tf.sum(input).dataSync()[0]!)])).toThrow('reads the values of a tensor after Sum');
    expect(twice((input) => [tf.mul(input, tf.randomUniform([400]))])).toThrow(
      'makes 400 different numbers in JavaScript for Mul',
    );
    expect(twice((input) => [tf.mul(input, tf.variable(tf.ones([400])))])).toThrow('1 new variables');
  });
});
