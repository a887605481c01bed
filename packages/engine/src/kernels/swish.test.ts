import { beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../capture/capture.ts';
import { loadEngine, tf } from '../load.ts';
import { hasOwnKernels, runOwnKernel } from './own-kernels.ts';
import { swish, swishByOperations } from './swish.ts';

beforeAll(async () => {
  await loadEngine();
  expect(hasOwnKernels()).toBe(true);
});

const slopeOf = (activation: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.grad(activation)(x, dy);
const furthest = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe(swish, () => {
  it.each([[[]], [[1]], [[15]], [[3, 17]], [[2, 5, 7, 24]], [[70_001]]])(
    'has the values and the gradient of its operations at shape %j',
    (shape) => {
      const [x, dy] = [1, 2].map((seed) => tf.randomNormal(shape, 0, 5, 'float32', seed)) as [tf.Tensor, tf.Tensor];
      expect(swish(x).shape).toEqual(shape);
      expect(furthest(swish(x), swishByOperations(x))).toBeLessThan(2e-5);
      expect(furthest(slopeOf(swish, x, dy), slopeOf(swishByOperations, x, dy))).toBeLessThan(2e-5);
    },
  );

  it('takes numbers of any size, and passes NaN on', () => {
    const ends = tf.tensor1d([1000, -1000, 88, -88, 0, Number.NaN]);
    expect([...swish(ends).dataSync()]).toEqual([1000, -0, 88, expect.closeTo(0), 0, Number.NaN]);
    expect([...slopeOf(swish, ends, tf.onesLike(ends)).dataSync()]).toEqual([1, -0, 1, expect.closeTo(0), 0.5, Number.NaN]);
  });

  it('is the same captured, and leaves what it was given as it was', () => {
    const x = tf.randomNormal([40_000], 0, 2, 'float32', 3);
    const before = x.dataSync();
    const step = capture((x: tf.Tensor) => {
      const slope = slopeOf(swish, x, tf.onesLike(x));
      return [swish(x), slope];
    });
    const [value, slope] = step(x);
    expect(value!.dataSync()).toEqual(swish(x).dataSync());
    expect(slope!.dataSync()).toEqual(slopeOf(swish, x, tf.onesLike(x)).dataSync());
    expect(x.dataSync()).toEqual(before);
    step.dispose();
  });

  it('refuses a gradient of another shape', () => {
    expect(() => runOwnKernel('WenlanSwishGrad', [tf.ones([2]), tf.ones([3])])).toThrow(
      'WenlanSwishGrad: x and dy differ in shape',
    );
  });
});
