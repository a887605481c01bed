import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Binding, NodeBackend } from '../node-backend.ts';

const FOLDER = join(import.meta.dirname, '../../native');

/** The C++ of our operations: what is compiled comes first. */
export const KERNEL_FILES = ['kernels.cc', 'kernel-variants.h', 'kernel-loops.h'] as const;

/** The source of one of {@link KERNEL_FILES}. */
export function kernelSource(file: (typeof KERNEL_FILES)[number]): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

let available = false;

/** Looks whether the binding brought our operations along; a stock one, or one of an older version, didn't. They run on a CPU alone. */
export function findOwnKernels(binding: Binding): void {
  available = !binding.isUsingGpuDevice() && knows(binding, 'WenlanSwish');
}

/** Whether {@link runOwnKernel} can be used. */
export function hasOwnKernels(): boolean {
  return available;
}

/** Runs an operation of ours, eagerly or as part of a captured step. */
export function runOwnKernel<T extends tf.Tensor>(name: string, inputs: tf.Tensor[]): T {
  return (tf.backend() as NodeBackend).executeSingleOutput(name, [], inputs) as T;
}

function knows(binding: Binding, op: string): boolean {
  const input = binding.createTensor([1], binding.TF_FLOAT, new Float32Array(1));
  try {
    for (const { id } of binding.executeOp(op, [], [input], 1)) binding.deleteTensor(id);
    return true;
  } catch {
    return false; // TensorFlow says that no such operation is registered
  } finally {
    binding.deleteTensor(input);
  }
}
