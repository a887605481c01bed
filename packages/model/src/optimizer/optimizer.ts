import type { tf } from '@wenlan/engine';
import { AdamW } from './adamw.ts';
import { type ParameterGroup, settingsOf } from './parameter-groups.ts';
import { SGD } from './sgd.ts';

export interface Parameter {
  name: string;
  variable: tf.Variable;
}

/** What moves the parameters. All that changes from step to step is an input, so that a captured step stays right. */
export interface Optimizer {
  /** What `apply` takes for a step. @param step counts from 0 */
  rates(step: number, learningRate: number): Float32Array;
  /**
   * One update of every parameter, in place.
   * @param gradients by parameter name, one for each
   * @param rates see above
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, rates: tf.Tensor1D): void;
  /** What it keeps of every parameter, for checkpoints. */
  variables(): Parameter[];
  dispose(): void;
}

export interface OptimizerConfig {
  optimizer?: 'adamw' | 'sgd' | undefined;
  beta1: number;
  beta2: number;
  epsilon: number;
  sgdMomentum?: number | undefined;
  weightDecay: number;
  parameterGroups?: readonly ParameterGroup[] | undefined;
}

const DEFAULT_SGD_MOMENTUM = 0.9;

/** @throws UserError for a group that no parameter is in */
export function createOptimizer(parameters: readonly Parameter[], config: OptimizerConfig): Optimizer {
  const settings = settingsOf(parameters, config);
  if (config.optimizer === 'sgd') return new SGD(settings, { momentum: config.sgdMomentum ?? DEFAULT_SGD_MOMENTUM });
  return new AdamW(settings, config);
}
