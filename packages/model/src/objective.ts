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
  /** Names of what `loss` returns after the loss itself. */
  readonly parts: readonly string[];
  /** Everything that changes from step to step. @param step counts from 0 */
  inputs(batch: TrainBatch, step: number): tf.Tensor[];
  /** What needs no gradient, before the loss: keys of a momentum tower, the choice of hard negatives. */
  prepare(inputs: readonly tf.Tensor[]): tf.Tensor[];
  /** The loss, then its parts; all scalars. */
  loss(inputs: readonly tf.Tensor[], prepared: readonly tf.Tensor[]): [loss: tf.Scalar, ...parts: tf.Scalar[]];
  /** What follows the optimizer: momentum towers, queues. */
  update(inputs: readonly tf.Tensor[], prepared: readonly tf.Tensor[]): void;
  /** The half of a step that needs no tensor. */
  advance(batch: TrainBatch): void;
  /** The part of its state that isn't tensors, for a checkpoint. */
  saved(): object;
  restore(saved: unknown): void;
  /** Ranks the validation split with the parameters as they are at each call. */
  ranker(): Ranker;
  dispose(): void;
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
