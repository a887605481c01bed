import { after, applyAdam, tf } from '@wenlan/engine';

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
 * AdamW (Loshchilov and Hutter 2019), step for step as PyTorch's. Parameters and moments are overwritten in place, and everything that
 * changes from step to step is a tensor input, so that a captured step stays right.
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
   * What `apply` takes for a step: learning rate; learning rate and epsilon with the bias corrections.
   * @param step counts from 0
   */
  rates(step: number, learningRate: number): Float32Array {
    const { beta1, beta2, epsilon } = this.options;
    // the moments are moved by betas of 32 bits, so their bias is that of these
    const [first, second] = [beta1, beta2].map((beta) => 1 - Math.fround(beta) ** (step + 1)) as [number, number];
    return Float32Array.of(learningRate, (learningRate * Math.sqrt(second)) / first, epsilon * Math.sqrt(second)); // [3]
  }

  /**
   * One update of every parameter.
   * @param gradients by parameter name, one for each
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, rates: tf.Tensor1D): void {
    const { beta1, beta2 } = this.options;
    tf.tidy(() => {
      const [learningRate, rate, epsilon] = tf.unstack(rates) as [tf.Scalar, tf.Scalar, tf.Scalar];
      for (const { name, variable, first, second, decay } of this.slots) {
        const gradient = gradients[name];
        if (gradient === undefined) throw new Error(`AdamW: no gradient for ${name}`);
        if (decay > 0) {
          // not before there is a gradient: until then the parameter is in use, and this would be a second copy of it
          const kept = tf.sub(1, tf.mul(after(learningRate, [gradient]), decay));
          variable.assign(tf.mul(variable, kept));
        }
        applyAdam(variable, first, second, gradient, { rate, epsilon, beta1, beta2 });
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
