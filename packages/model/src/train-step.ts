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

/** How a run's batches become steps. */
export function createTrainStep(state: TrainState, config: ResolvedTrainConfig): TrainStep {
  return config.microBatchSize === undefined ? new WholeBatchStep(state, config) : new MicroBatchStep(state, config);
}
