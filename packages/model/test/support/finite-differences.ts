import { tf } from '@wenlan/engine';

const STEP = 1e-2;

/** The gradient of a function at a place by central differences, to check one that was written by hand. */
export function finiteDifferences(at: tf.Tensor, value: (moved: tf.Tensor) => tf.Scalar): number[] {
  const values = at.dataSync() as Float32Array;
  return Array.from({ length: at.size }, (_, index) => {
    const [up, down] = [STEP, -STEP].map((by) =>
      tf.tidy(() => value(tf.tensor(values.with(index, values[index]! + by), at.shape)).dataSync()[0]!),
    );
    return (up! - down!) / (2 * STEP);
  });
}
