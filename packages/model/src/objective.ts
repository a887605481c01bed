import type { tf } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import type { Parameter } from './optimizer/optimizer.ts';
import type { ParameterStore } from './nn/parameter-store.ts';
import type { Ranker } from './ranker.ts';

/** A set of parameters, and what stands before their names in a checkpoint. */
export interface Tower {
  prefix: string;
  store: ParameterStore;
}

/**
 * What a model is trained for: the one training loop runs BriVL, CLIP, UNITER and the captioner through this and knows nothing else of
 * them. `prepare`, `loss` and `update` are parts of the captured step: plain tensor operations over the inputs and over variables.
 */
export interface Objective {
  /** Every parameter, momentum copies and frozen ones included. */
  readonly towers: readonly Tower[];
  /** What a checkpoint holds besides: queues, temperature. */
  readonly variables: readonly Parameter[];
  /** What the optimizer moves. */
  readonly trained: readonly Parameter[];
  /** Running statistics that `prepare` and `loss` move; each rank moves its own, and the step averages them. */
  readonly statistics: readonly Parameter[];
  /** Names of what `loss` returns after the loss itself. */
  readonly parts: readonly string[];
  /** Everything that changes from step to step. @param step counts from 0 */
  inputs(batch: TrainBatch, step: number): tf.Tensor[];
  /** What needs no gradient, before the loss: keys of a momentum tower, the choice of hard negatives. */
  prepare(inputs: readonly tf.Tensor[]): tf.Tensor[];
  /** The loss, then its parts; all scalars. With several ranks their means over the ranks are those of the whole batch. */
  loss(inputs: readonly tf.Tensor[], prepared: readonly tf.Tensor[]): [loss: tf.Scalar, ...parts: tf.Scalar[]];
  /** What follows the optimizer: momentum towers, queues. */
  update(inputs: readonly tf.Tensor[], prepared: readonly tf.Tensor[]): void;
  /** The half of a step that needs no tensor. */
  advance(batch: TrainBatch): void;
  /** The part of its state that isn't tensors, for a checkpoint. */
  saved(): object;
  /** Takes up what `saved` gave. */
  restore(saved: unknown): void;
  /** Ranks the validation split with the parameters as they are at each call. */
  ranker(): Ranker;
  /** Frees all tensors. */
  dispose(): void;
}

/**
 * An objective whose loss sees the samples through their features alone. It can be trained in micro-batches with the gradient of the
 * whole batch (GradCache, Gao et al. 2021).
 */
export interface ContrastiveObjective extends Objective {
  /** What is trained of the loss itself, such as a temperature; the rest of `trained` makes the features. */
  readonly lossParameters: readonly Parameter[];
  /** What the towers take. @param micro number of the micro-batch; left out of a batch that is taken at once */
  sampleInputs(batch: TrainBatch, step: number, micro?: number): tf.Tensor[];
  /** What the loss takes besides features. */
  batchInputs(batch: TrainBatch, step: number): tf.Tensor[];
  /** Keys of the samples, without gradient; each [samples, dim]. Moves the statistics of the key towers. */
  keys(sampleInputs: readonly tf.Tensor[]): tf.Tensor2D[];
  /** Features of the samples; each [samples, dim]. */
  features(sampleInputs: readonly tf.Tensor[], options: { updateStatistics: boolean }): tf.Tensor2D[];
  /**
   * The loss of a whole batch, then its parts.
   * @param features of this rank's samples
   * @param keys of all ranks' samples
   */
  featureLoss(
    batchInputs: readonly tf.Tensor[],
    features: readonly tf.Tensor2D[],
    keys: readonly tf.Tensor2D[],
  ): [tf.Scalar, ...tf.Scalar[]];
  /** What follows the optimizer. @param keys of all ranks' samples */
  follow(batchInputs: readonly tf.Tensor[], keys: readonly tf.Tensor2D[]): void;
}

/**
 * The running statistics that training moves, under their names in a checkpoint.
 * @param frozenInference whether layers that aren't trained are in inference mode even in training
 */
export function statisticsOf(towers: readonly Tower[], frozenInference: boolean): Parameter[] {
  return towers.flatMap(({ prefix, store }) => {
    const isMoved = (name: string): boolean =>
      !frozenInference || store.isTrainable(`${name.slice(0, name.lastIndexOf('.'))}.weight`);
    return store
      .entries()
      .filter(({ name, buffer }) => buffer && isMoved(name))
      .map(({ name, variable }) => ({ name: `${prefix}.${name}`, variable }));
  });
}

/** The parameters of towers that the optimizer moves, under their names in a checkpoint. */
export function trainableOf(towers: readonly Tower[]): Parameter[] {
  return towers.flatMap(({ prefix, store }) =>
    store
      .entries()
      .filter(({ trainable }) => trainable)
      .map(({ name, variable }) => ({ name: `${prefix}.${name}`, variable })),
  );
}
