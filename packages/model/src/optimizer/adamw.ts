import { applyAdam, tf } from '@wenlan/engine';
import { decay } from './decay.ts';
import { gradientOf } from './gradient-of.ts';
import type { Optimizer, Parameter } from './optimizer.ts';
import { type ParameterSettings, zerosLike } from './parameter-groups.ts';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
}

interface Slot extends ParameterSettings {
  first: tf.Variable;
  second: tf.Variable;
}

/** AdamW (Loshchilov and Hutter 2019), step for step as PyTorch's. */
export class AdamW implements Optimizer {
  private readonly options: AdamWOptions;
  private readonly slots: Slot[];

  constructor(parameters: readonly ParameterSettings[], options: AdamWOptions) {
    this.options = options;
    this.slots = parameters.map((parameter) => ({ ...parameter, first: zerosLike(parameter), second: zerosLike(parameter) }));
  }

  /** Learning rate; learning rate and epsilon with the bias corrections. */
  rates(step: number, learningRate: number): Float32Array {
    const { beta1, beta2, epsilon } = this.options;
    // the moments are moved by betas of 32 bits, so their bias is that of these
    const [first, second] = [beta1, beta2].map((beta) => 1 - Math.fround(beta) ** (step + 1)) as [number, number];
    return Float32Array.of(learningRate, (learningRate * Math.sqrt(second)) / first, epsilon * Math.sqrt(second)); // [3]
  }

  apply(gradients: Readonly<Record<string, tf.Tensor>>, rates: tf.Tensor1D): void {
    const { beta1, beta2 } = this.options;
    tf.tidy(() => {
      const [learningRate, corrected, epsilon] = tf.unstack(rates) as [tf.Scalar, tf.Scalar, tf.Scalar];
      for (const slot of this.slots) {
        const { variable, first, second, rateFactor } = slot;
        const gradient = gradientOf(slot, gradients);
        decay(slot, learningRate, gradient);
        const rate: tf.Scalar = rateFactor === 1 ? corrected : tf.mul(corrected, rateFactor);
        applyAdam(variable, first, second, gradient, { rate, epsilon, beta1, beta2 });
      }
    });
  }

  variables(): Parameter[] {
    return this.slots.flatMap(({ name, first, second }) => [
      { name: `${name}/first_moment`, variable: first },
      { name: `${name}/second_moment`, variable: second },
    ]);
  }

  dispose(): void {
    for (const { first, second } of this.slots) tf.dispose([first, second]);
  }
}
