import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../node-backend.ts';
import { ResourceVariable } from './resource-variable.ts';

/**
 * Runs an operation of TensorFlow that overwrites variables, eagerly or as part of a captured step: the variables come first among its
 * inputs.
 */
function updateInPlace(op: string, variables: readonly tf.Variable[], inputs: tf.Tensor[]): void {
  const backend = tf.backend() as NodeBackend;
  const { binding } = backend;
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  const inputIds = backend.getInputTensorIds(inputs);
  if (binding.recordUpdate !== undefined) {
    const updated = binding.recordUpdate(op, attributes, variables, backend.getInputTensorIds([...variables]), inputIds);
    updated.forEach((metadata, index) => {
      const value = backend.createOutputTensor(metadata);
      variables[index]!.assign(value);
      value.dispose();
    });
    return;
  }
  const resources = variables.map((variable) => ResourceVariable.of(backend, variable));
  for (const resource of resources) resource.prepareWrite();
  binding.executeOp(op, attributes, [...resources.map(({ handle }) => handle), ...inputIds], 0);
}

/** variable ← variable − rate · delta. @param delta of the variable's shape */
export function applyGradientDescent(variable: tf.Variable, rate: tf.Scalar, delta: tf.Tensor): void {
  updateInPlace('ResourceApplyGradientDescent', [variable], [rate, delta]);
}

/** sum ← momentum · sum + gradient; variable ← variable − rate · sum: SGD with momentum as PyTorch's. */
export function applyMomentum(
  variable: tf.Variable,
  sum: tf.Variable,
  { rate, gradient, momentum }: { rate: tf.Scalar; gradient: tf.Tensor; momentum: number },
): void {
  tf.tidy(() => updateInPlace('ResourceApplyMomentum', [variable, sum], [rate, gradient, tf.scalar(momentum)]));
}

/** What a step of Adam takes besides the gradient. */
export interface AdamSettings {
  /** With both bias corrections: learningRate · √(1 − beta2 ^ t) / (1 − beta1 ^ t), t counting from 1. */
  rate: tf.Scalar;
  /** Likewise: ε · √(1 − beta2 ^ t). */
  epsilon: tf.Scalar;
  beta1: number;
  beta2: number;
}

/**
 * Adam (Kingma and Ba 2015, in the form at the end of section 2) in one pass over memory: first ← beta1 · first + (1 − beta1) · gradient;
 * second ← beta2 · second + (1 − beta2) · gradient²; variable ← variable − rate · first / (√second + epsilon).
 */
export function applyAdam(
  variable: tf.Variable,
  first: tf.Variable,
  second: tf.Variable,
  gradient: tf.Tensor,
  { rate, epsilon, beta1, beta2 }: AdamSettings,
): void {
  tf.tidy(() => {
    const corrected = tf.scalar(0); // powers of beta that leave rate as it is
    const inputs = [corrected, corrected, rate, tf.scalar(beta1), tf.scalar(beta2), epsilon, gradient];
    updateInPlace('ResourceApplyAdam', [variable, first, second], inputs);
  });
}
