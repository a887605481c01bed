import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../node-backend.ts';
import { openProgram, type Program, recordProgram } from './program.ts';
import { type RecordedProgram, type SavedPrograms, savedOrRecorded } from './saved-program.ts';

/** More programs than this mean that shapes are not bucketed. */
const MAX_PROGRAMS = 16;
/** So many give a warning: three batch sizes of four lengths are meant, more hardly. */
const MANY_PROGRAMS = 13;

/** How a training step is captured as a graph. */
export interface CaptureOptions {
  /** Compile by XLA: 5 to 8 % faster on products, slower on convolutions on a CPU. */
  xla?: boolean;
  /** Products and convolutions in bfloat16; weights, gradients and optimizer state stay float32. */
  bfloat16?: boolean;
  /** Run grappler's rewrites such as fused convolution, bias and activation: for inference. */
  fuse?: boolean;
  /** Keeps programs in files, so that a later process that calls the same step needn't record it. */
  saved?: SavedPrograms;
}

/** A step that runs as one TensorFlow function for each set of input shapes. */
export interface CapturedStep<Inputs extends tf.Tensor[], Result extends tf.Tensor | tf.Tensor[]> {
  (...inputs: Inputs): Result;
  /** The same on another thread, so that the event loop goes on; the inputs may be disposed of once it is over. One call at a time. */
  runAsync(...inputs: Inputs): Promise<Result>;
  /** How many sets of input shapes have been recorded. */
  readonly programs: number;
  /** Frees the graph; the step cannot be run any more. */
  dispose(): void;
}

/**
 * Makes one TensorFlow function of a step. The first call at each set of input shapes records it, without computing anything; that
 * call and all later ones run it as one operation. Variables that the step assigns are updated; it can't make any.
 * What changes from step to step (learning rate, seeds) has to be an input: numbers of JavaScript are frozen at recording.
 * Runs eagerly where the engine is a stock build without our patch. Emits a CaptureWarning of the process at the 13th set of shapes.
 * @throws Error when the step reads values, makes variables or draws numbers in JavaScript, or at more than 16 shapes
 */
export function capture<Inputs extends tf.Tensor[], Result extends tf.Tensor | tf.Tensor[]>(
  step: (...inputs: Inputs) => Result,
  options: CaptureOptions = {},
): CapturedStep<Inputs, Result> {
  const programs = new Map<string, Program>();
  const { xla = false, bfloat16 = false, fuse = false, saved } = options;
  const take = (inputs: tf.Tensor[]): Result => step(...(inputs as Inputs));

  /** undefined where steps run eagerly. */
  const programFor = (inputs: Inputs): Program | undefined => {
    const backend = tf.backend() as NodeBackend;
    if (backend.binding?.inferOutputs === undefined) return undefined;
    const key = inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(',')}]`).join(' ');
    let program = programs.get(key);
    if (program === undefined) {
      if (programs.size === MAX_PROGRAMS) {
        throw new Error(
          `A captured step was called with more than ${MAX_PROGRAMS} sets of shapes, now ${key}; pad the inputs to fewer lengths.`,
        );
      }
      const recorded = (): RecordedProgram => recordProgram(backend, take, inputs, bfloat16);
      const found = saved === undefined ? recorded() : savedOrRecorded(backend, saved, `${key} ${bfloat16}`, recorded);
      program = openProgram(backend, found, { xla, fuse });
      programs.set(key, program);
      if (programs.size === MANY_PROGRAMS) {
        process.emitWarning(
          `A captured step has been recorded at ${MANY_PROGRAMS} sets of shapes, now ${key}; it takes no more than ${MAX_PROGRAMS}, and each costs memory: pad the inputs to fewer lengths.`,
          'CaptureWarning',
        );
      }
    }
    return program;
  };
  const run = (...inputs: Inputs): tf.Tensor | tf.Tensor[] => {
    const program = programFor(inputs);
    if (program === undefined) return tf.tidy(() => take(inputs));
    const results = program.run(inputs);
    return program.single ? results[0]! : results;
  };
  const runAsync = async (...inputs: Inputs): Promise<tf.Tensor | tf.Tensor[]> => {
    const program = programFor(inputs);
    if (program === undefined) return run(...inputs);
    const results = await program.runAsync(inputs);
    return program.single ? results[0]! : results;
  };
  return Object.defineProperties(run, {
    runAsync: { value: runAsync },
    programs: { get: () => programs.size },
    dispose: {
      value: () => {
        for (const program of programs.values()) program.dispose();
        programs.clear();
      },
    },
  }) as CapturedStep<Inputs, Result>;
}
