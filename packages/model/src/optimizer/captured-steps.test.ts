import { capture, loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOptimizer, type OptimizerConfig } from './optimizer.ts';

const STEPS = 12;
const CONFIG: OptimizerConfig = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.1, sgdMomentum: 0.9 };

interface Net {
  weight: tf.Variable;
  bias: tf.Variable;
  gradients: (x: tf.Tensor) => Record<string, tf.Tensor>;
}

/** A matrix, which decays, and a vector, which doesn't. */
function createNet(): Net {
  const weight = tf.variable(tf.randomNormal([6, 5], 0, 0.5, 'float32', 1));
  const bias = tf.variable(tf.randomNormal([5], 0, 0.5, 'float32', 2));
  const gradients = (x: tf.Tensor): Record<string, tf.Tensor> => {
    const predicted = (): tf.Tensor => tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D), bias));
    const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(predicted(), 0.3))), [weight, bias]);
    value.dispose();
    return { weight: grads[weight.name]!, bias: grads[bias.name]! };
  };
  return { weight, bias, gradients };
}

const inputs = (step: number): tf.Tensor => tf.randomNormal([8, 6], 0, 1, 'float32', 100 + step);

/** The optimizers of tfjs, operation by operation; decay, which they don't have, as Loshchilov and Hutter 2019 put it beside them. */
function stepEagerly(net: Net, eager: tf.Optimizer, rate: number, step: number): void {
  tf.tidy(() => {
    const { weight, bias } = net.gradients(inputs(step));
    net.weight.assign(tf.mul(net.weight, 1 - rate * CONFIG.weightDecay));
    eager.applyGradients([
      { name: net.weight.name, tensor: weight! },
      { name: net.bias.name, tensor: bias! },
    ]);
  });
}

beforeAll(async () => {
  expect((await loadEngine()).captures).toBe(true);
});
afterAll(() => tf.disposeVariables());

describe('captured steps move parameters as the eager optimizers of tfjs', () => {
  it.each([
    // tfjs subtracts beta2 ^ t from 1 in float32, which puts a first step off by 3e-5 of itself: 3e-8 at its default rate
    ['adamw', 0.001, () => tf.train.adam(0.001, CONFIG.beta1, CONFIG.beta2, CONFIG.epsilon)],
    ['sgd', 0.1, () => tf.train.momentum(0.1, 0.9)],
  ] as const)('%s', (optimizer, rate, createEager) => {
    const [ours, theirs] = [createNet(), createNet()];
    const { weight, bias } = ours;
    const made = createOptimizer(
      [
        { name: 'weight', variable: weight },
        { name: 'bias', variable: bias },
      ],
      { ...CONFIG, optimizer },
    );
    const step = capture((x: tf.Tensor, rates: tf.Tensor1D) => {
      made.apply(ours.gradients(x), rates);
      return tf.scalar(0);
    });
    const eager = createEager();
    const before = tf.clone(weight);
    for (let index = 0; index < STEPS; index++) {
      tf.dispose(step(inputs(index), tf.tensor1d(made.rates(index, rate))));
      stepEagerly(theirs, eager, rate, index);
      for (const [own, other] of [
        [weight, theirs.weight],
        [bias, theirs.bias],
      ] as const) {
        expect(tf.max(tf.abs(tf.sub(own, other))).dataSync()[0]).toBeLessThan(1e-6);
      }
    }
    expect(tf.max(tf.abs(tf.sub(weight, before))).dataSync()[0]).toBeGreaterThan(0.01);
    step.dispose();
    made.dispose();
    eager.dispose();
  });
});
