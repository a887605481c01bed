import * as tf from '@tensorflow/tfjs-core';

/**
 * A matrix product and the gradient of a convolution, checked against figures worked out by hand.
 * @throws Error when the engine computes something else
 */
export function proveEngine(): void {
  tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync();
    expectClose('A matrix product', product, [19, 22, 43, 50]);
    const picture = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const slope = tf.grad((filter: tf.Tensor) => tf.sum(tf.conv2d(picture, filter as tf.Tensor4D, 1, 'valid')))(
      tf.zeros([2, 2, 1, 1]),
    );
    expectClose('A convolution gradient', slope.dataSync(), [12, 16, 24, 28]);
  });
}

function expectClose(what: string, actual: ArrayLike<number>, expected: number[]): void {
  if (expected.some((value, index) => Math.abs(value - (actual[index] ?? Number.NaN)) > 1e-4)) {
    throw new Error(
      `${what} came out as [${Array.from(actual).join(', ')}] instead of [${expected.join(', ')}]: this engine can't be trusted.`,
    );
  }
}
