import type { Group, SavedPrograms } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import { MicroBatchStep } from './micro-batch-step.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import type { TrainState } from './train-state.ts';
import { WholeBatchStep } from './whole-batch-step.ts';

/** What a step reports. */
export interface StepLosses {
  loss: number;
  /** What the objective says besides, such as the losses that make it up. */
  parts: Record<string, number>;
  /** Joint L2 norm of all gradients before clipping. */
  gradientNorm: number;
}

/** One step of an objective: loss, gradients, clipping, optimizer, update. */
export interface TrainStep {
  /** Takes the step. The caller counts steps. */
  take(batch: TrainBatch, learningRate: number): Promise<StepLosses>;
  dispose(): void;
}

/**
 * How a run's batches become steps.
 * @param group the ranks that take them together, each with its share of the batch
 * @param saved where their programs are kept; they are recorded each time by default
 */
export function createTrainStep(state: TrainState, config: ResolvedTrainConfig, group: Group, saved?: SavedPrograms): TrainStep {
  const Step = config.microBatchSize === undefined ? WholeBatchStep : MicroBatchStep;
  return new Step(state, config, group, saved);
}
