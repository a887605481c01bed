import { tf } from '@wenlan/engine';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled: shrinks the parameter itself by learningRate · weightDecay, outside of the moments. */
  weightDecay: number;
}

export interface Parameter {
  name: string;
  variable: tf.Variable;
}

interface Slot extends Parameter {
  first: tf.Variable;
  second: tf.Variable;
  decay: number;
}

/**
 * AdamW (Loshchilov and Hutter 2019), step for step as PyTorch's. Written in plain operations over variables of its own, and with
 * everything that changes from step to step a tensor input, so that a captured step stays right.
 *
 * Vectors and scalars (biases, the gains of norms, the logit scale) aren't decayed.
 */
export class AdamW {
  private readonly options: AdamWOptions;
  private readonly slots: Slot[];

  constructor(parameters: readonly Parameter[], options: AdamWOptions) {
    this.options = options;
    this.slots = parameters.map(({ name, variable }) => ({
      name,
      variable,
      first: zerosLike(variable),
      second: zerosLike(variable),
      decay: variable.rank > 1 ? options.weightDecay : 0,
    }));
  }

  /**
   * What `apply` takes for a step: learning rate and both bias corrections.
   * @param step counts from 0
   */
  rates(step: number, learningRate: number): Float32Array {
    const { beta1, beta2 } = this.options;
    return Float32Array.of(learningRate, 1 / (1 - beta1 ** (step + 1)), 1 / (1 - beta2 ** (step + 1))); // [3]
  }

  /**
   * One update of every parameter.
   * @param gradients by parameter name, one for each
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, rates: tf.Tensor1D): void {
    const { beta1, beta2, epsilon } = this.options;
    tf.tidy(() => {
      const [learningRate, firstCorrection, secondCorrection] = tf.unstack(rates) as [tf.Scalar, tf.Scalar, tf.Scalar];
      for (const { name, variable, first, second, decay } of this.slots) {
        const gradient = gradients[name];
        if (gradient === undefined) throw new Error(`AdamW: no gradient for ${name}`);
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const direction = tf.div(tf.mul(first, firstCorrection), tf.add(tf.sqrt(tf.mul(second, secondCorrection)), epsilon));
        const decayed = decay === 0 ? variable : tf.mul(variable, tf.sub(1, tf.mul(learningRate, decay)));
        variable.assign(tf.sub(decayed, tf.mul(direction, learningRate)));
      }
    });
  }

  /** The moments of every parameter, for checkpoints. */
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

function zerosLike(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
}
