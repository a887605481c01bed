import { applyMomentum, tf } from '@wenlan/engine';
import { decay } from './decay.ts';
import { gradientOf } from './gradient-of.ts';
import type { Optimizer, Parameter } from './optimizer.ts';
import { type ParameterSettings, zerosLike } from './parameter-groups.ts';

interface Slot extends ParameterSettings {
  sum: tf.Variable;
}

/** SGD with momentum, as PyTorch's without dampening, but with decoupled weight decay (SGDW, Loshchilov and Hutter 2019). */
export class SGD implements Optimizer {
  private readonly momentum: number;
  private readonly slots: Slot[];

  constructor(parameters: readonly ParameterSettings[], { momentum }: { momentum: number }) {
    this.momentum = momentum;
    this.slots = parameters.map((parameter) => ({ ...parameter, sum: zerosLike(parameter) }));
  }

  rates(_step: number, learningRate: number): Float32Array {
    return Float32Array.of(learningRate); // [1]
  }

  apply(gradients: Readonly<Record<string, tf.Tensor>>, rates: tf.Tensor1D): void {
    const { momentum } = this;
    tf.tidy(() => {
      const learningRate: tf.Scalar = tf.reshape(rates, []);
      for (const slot of this.slots) {
        const gradient = gradientOf(slot, gradients);
        decay(slot, learningRate, gradient);
        const rate: tf.Scalar = slot.rateFactor === 1 ? learningRate : tf.mul(learningRate, slot.rateFactor);
        applyMomentum(slot.variable, slot.sum, { rate, gradient, momentum });
      }
    });
  }

  variables(): Parameter[] {
    return this.slots.map(({ name, sum }) => ({ name: `${name}/momentum`, variable: sum }));
  }

  dispose(): void {
    for (const { sum } of this.slots) sum.dispose();
  }
}
