// Trains a little by a captured step: node … saved-program-child.ts KEY ROWS [FOLDER]. Prints losses, weights and how often the step's code ran.
import { applyMomentum, capture, loadEngine, tf } from '@wenlan/engine';

const [key, rows, folder] = process.argv.slice(2) as [string, string, string?];
await loadEngine();
const weight = tf.variable(tf.randomNormal([6, 3], 0, 0.5, 'float32', 1));
const sum = tf.variable(tf.zeros([6, 3]), false);
const mean = tf.variable(tf.scalar(0), false);
let recorded = 0;
const step = capture(
  (x: tf.Tensor2D, rate: tf.Scalar) => {
    recorded += 1;
    const { value, grads } = tf.variableGrads(
      () => tf.mean(tf.square(tf.sub(tf.matMul(x, weight as unknown as tf.Tensor2D), 1))),
      [weight],
    );
    applyMomentum(weight, sum, { rate, gradient: grads[weight.name]!, momentum: 0.9 });
    mean.assign(tf.add(tf.mul(mean, 0.9), tf.mul(value, 0.1)));
    return value;
  },
  folder === undefined ? {} : { saved: { folder, key } },
);
const losses = Array.from({ length: 5 }, (_, index) => {
  const x = tf.randomNormal([Number(rows), 6], 0, 1, 'float32', 10 + index) as tf.Tensor2D;
  return step(x, tf.scalar(0.1)).dataSync()[0]!;
});
process.stdout.write(
  JSON.stringify({ recorded, losses, weights: [weight, mean].flatMap((variable) => [...variable.dataSync()]) }),
);
