import { beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../capture/capture.ts';
import { loadEngine, tf } from '../load.ts';
import { depthwiseConvolution } from './depthwise-convolution.ts';
import { hasOwnKernels, runOwnKernel } from './own-kernels.ts';

type Shape = [number, number, number, number];
type Case = [shape: Shape, kernel: 3 | 5, stride: 1 | 2];

const CASES: Case[] = [
  [[2, 6, 6, 16], 5, 1],
  [[3, 7, 9, 24], 5, 1], // channels that fill no vector, sides that come out uneven
  [[2, 7, 8, 19], 5, 2],
  [[1, 3, 3, 40], 5, 1], // a filter larger than the picture
  [[2, 1, 2, 5], 5, 2],
  [[2, 9, 6, 20], 3, 2],
  [[0, 6, 6, 16], 5, 1],
];

const draw = (shape: Shape, seed: number): tf.Tensor4D => tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor4D;
const furthest = (a: tf.Tensor, b: tf.Tensor): number => (a.size === 0 ? 0 : tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);

type Convolve = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;

function slopesOf(convolve: Convolve, x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor): tf.Tensor[] {
  return tf.grads((x: tf.Tensor, filter: tf.Tensor) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D))([x, filter], dy);
}

beforeAll(async () => {
  await loadEngine();
  expect(hasOwnKernels()).toBe(true);
});

describe(depthwiseConvolution, () => {
  it.each(CASES)("has TensorFlow's values and gradients: %j, kernel %i, stride %i", (shape, kernel, stride) => {
    const [x, filter] = [draw(shape, 1), draw([kernel, kernel, shape[3], 1], 2)];
    const theirs: Convolve = (x, filter) => tf.depthwiseConv2d(x, filter, stride, 'same');
    const y = theirs(x, filter);
    expect(furthest(depthwiseConvolution(x, filter, stride), y)).toBe(0);
    if (shape[0] === 0) return; // TensorFlow has no gradient of no pictures
    const dy = draw(y.shape, 3);
    const [ours, wanted] = [(x: tf.Tensor4D, f: tf.Tensor4D) => depthwiseConvolution(x, f, stride), theirs].map((convolve) =>
      slopesOf(convolve, x, filter, dy),
    ) as [tf.Tensor[], tf.Tensor[]];
    expect(ours.map((slope) => slope.shape)).toEqual([shape, filter.shape]);
    for (const [index, slope] of ours.entries()) expect(furthest(slope, wanted[index]!)).toBeLessThan(2e-5);
  });

  it('has the gradient of finite differences', () => {
    const [x, filter] = [draw([2, 4, 5, 3], 4), draw([5, 5, 3, 1], 5)];
    const dy = draw([2, 2, 3, 3], 6);
    const value = (filter: tf.Tensor4D): number => tf.sum(tf.mul(depthwiseConvolution(x, filter, 2), dy)).dataSync()[0]!;
    const slope = slopesOf((x, f) => depthwiseConvolution(x, f, 2), x, filter, dy)[1]!.dataSync();
    const values = filter.dataSync();
    for (const index of values.keys()) {
      const moved = [0.5, -0.5].map((by) => {
        const other = Float32Array.from(values);
        other[index]! += by; // it is linear: no step is too large
        return value(tf.tensor4d(other, [5, 5, 3, 1]));
      }) as [number, number];
      expect(slope[index]).toBeCloseTo(moved[0] - moved[1], 4);
    }
  });

  it('gives the same bytes each time, captured or not', () => {
    const [x, filter, dy] = [draw([8, 12, 12, 100], 7), draw([5, 5, 100, 1], 8), draw([8, 12, 12, 100], 9)];
    const slopes = (x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor): tf.Tensor[] =>
      slopesOf((x, f) => depthwiseConvolution(x, f, 1), x, filter, dy);
    const step = capture((x: tf.Tensor, filter: tf.Tensor, dy: tf.Tensor) => slopes(x as tf.Tensor4D, filter as tf.Tensor4D, dy));
    const first = slopes(x, filter, dy)[1]!.dataSync();
    for (let time = 0; time < 4; time++) {
      expect(slopes(x, filter, dy)[1]!.dataSync()).toEqual(first);
      expect(step(x, filter, dy)[1]!.dataSync()).toEqual(first);
    }
    step.dispose();
  });

  it('refuses shapes that do not belong together', () => {
    const run = (x: number[], filter: number[], dy: number[]) => (): tf.Tensor =>
      runOwnKernel('WenlanDepthwiseFilterGradStride1', [tf.ones(x), tf.ones(filter), tf.ones(dy)]);
    expect(run([1, 6, 6, 4], [3, 3, 4, 1], [1, 6, 6, 4])).toThrow(
      'x is to be [batch, height, width, channels] and the filter [5, 5, channels, 1]',
    );
    expect(run([1, 6, 6, 4], [5, 5, 4, 1], [1, 3, 3, 4])).toThrow(
      'dy is to be [batch, height / stride, width / stride, channels]',
    );
  });
});
