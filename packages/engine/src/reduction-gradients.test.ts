import { beforeAll, describe, expect, it } from 'vitest';
import { capture } from './capture/capture.ts';
import { loadEngine, tf } from './load.ts';

beforeAll(async () => {
  await loadEngine();
});

describe('gradients of reductions', () => {
  const x = (): tf.Tensor => tf.reshape(tf.range(0, 24), [2, 3, 4]);

  it.each<[string, (x: tf.Tensor) => tf.Tensor, number[]]>([
    ['a sum of everything', (x) => tf.sum(x), Array<number>(24).fill(1)],
    ['a mean of everything', (x) => tf.mean(x), Array<number>(24).fill(1 / 24)],
    [
      'a sum along the middle, weighted by place',
      (x) => tf.sum(tf.mul(tf.sum(x, 1), tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]))),
      [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8],
    ],
    [
      'a mean along the first and the last, kept',
      (x) => tf.sum(tf.mul(tf.mean(x, [0, -1], true), tf.tensor3d([8, 16, 24], [1, 3, 1]))),
      [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
    ],
  ])('%s', (_, reduce, wanted) => {
    const gradient = tf.grad(reduce);
    const captured = capture((input: tf.Tensor) => gradient(input));
    const close = wanted.map((value) => expect.closeTo(value, 6) as number);
    expect([...gradient(x()).dataSync()]).toEqual(close);
    expect([...captured(x()).dataSync()]).toEqual(close);
    captured.dispose();

    // reductions are linear: a step of 1 has no error but rounding
    const values = [...x().dataSync()];
    const moved = (index: number, by: number): number =>
      reduce(tf.tensor(values.with(index, values[index]! + by), x().shape)).dataSync()[0]!;
    const differences = values.map((_value, index) => (moved(index, 1) - moved(index, -1)) / 2);
    expect(differences).toEqual(wanted.map((value) => expect.closeTo(value, 4) as number));
  });

  it('are recorded without an array of the size of the input', () => {
    const row = tf.ones<tf.Rank.R2>([1, 2 ** 14]);
    const gradient = tf.grad((column) => tf.mean(tf.matMul(column as tf.Tensor2D, row)));
    const captured = capture((column: tf.Tensor2D) => {
      gradient(column); // 64 GiB, were it computed
      return tf.sum(column);
    });
    expect([...captured(tf.ones([2 ** 20, 1])).dataSync()]).toEqual([2 ** 20]);
    captured.dispose();
  });
});
