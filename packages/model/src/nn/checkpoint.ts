import { after, tf } from '@wenlan/engine';

export interface CheckpointInputs<T extends tf.Tensor> {
  x: T;
  /** What else the block takes; no gradient goes there. */
  others: readonly tf.Tensor[];
  /** What it uses that is trained. */
  parameters: readonly tf.Variable[];
}

/**
 * Runs a block whose gradient keeps nothing but its input and runs it once more (Chen et al. 2016): memory for time.
 * @param again wraps the second run, to set up what the block draws or counts as it was
 */
export function checkpoint<T extends tf.Tensor>(
  { x, others, parameters }: CheckpointInputs<T>,
  block: (x: T, others: readonly tf.Tensor[]) => T,
  again: (work: () => tf.Tensor[]) => tf.Tensor[],
): T {
  const withGradient = tf.customGrad((...inputs) => {
    (inputs.at(-1) as unknown as tf.GradSaveFunc)([x, ...others]);
    const gradFunc = (dy: tf.Tensor, [saved, ...kept]: tf.Tensor[]): tf.Tensor[] =>
      again(() => gradientsOf((x) => block(x, kept), after(saved as T, [dy]), parameters, dy));
    return { value: block(x, others), gradFunc };
  });
  return withGradient(x, ...parameters);
}

/** Gradients of a block at its input and its parameters, while other gradients are being computed. */
function gradientsOf<T extends tf.Tensor>(
  block: (x: T) => T,
  x: T,
  parameters: readonly tf.Variable[],
  dy: tf.Tensor,
): tf.Tensor[] {
  const engine = tf.engine();
  const { state } = engine as unknown as { state: { activeTape: unknown } };
  const tape = state.activeTape; // tfjs has one, and this overwrites it
  try {
    return engine.gradients(() => block(x), [x, ...parameters], dy).grads;
  } finally {
    state.activeTape = tape;
  }
}
