import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import { fusedBatchNorm } from './fused-batch-norm.ts';
import { ones, zeros } from './initializer.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** Of the TensorFlow-padded EfficientNets. */
export const EPSILON = 1e-3;
/** What a new batch counts in the running statistics. */
const MOMENTUM = 0.1;

export function batchNormParameters(name: string, channels: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, torchShape: [channels], init: ones },
    { name: `${name}.bias`, torchShape: [channels], init: zeros },
    { name: `${name}.running_mean`, torchShape: [channels], init: zeros, buffer: true },
    { name: `${name}.running_var`, torchShape: [channels], init: ones, buffer: true },
  ];
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015) as PyTorch's: by the batch's own statistics in training, moving the running ones,
 * otherwise by the running ones.
 * @param x [batch, height, width, channels]
 */
export function batchNorm(pass: ForwardPass, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const scale = pass.get<tf.Tensor1D>(`${name}.weight`);
  const offset = pass.get<tf.Tensor1D>(`${name}.bias`);
  if (!pass.isTraining(`${name}.weight`)) {
    const mean = pass.get<tf.Tensor1D>(`${name}.running_mean`);
    const variance = pass.get<tf.Tensor1D>(`${name}.running_var`);
    return tf.batchNorm(x, mean, variance, offset, scale, EPSILON);
  }
  const { y, mean, variance } = fusedBatchNorm(x, scale, offset, EPSILON);
  if (pass.updateStatistics) {
    pass.moveStatistic(`${name}.running_mean`, mean, MOMENTUM);
    pass.moveStatistic(`${name}.running_var`, variance, MOMENTUM);
  }
  return y;
}
