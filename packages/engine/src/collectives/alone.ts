import * as tf from '@tensorflow/tfjs-core';
import type { Group } from './group.ts';

/** The group of one process: what it gives is what it is given, and there is no server. */
export const ALONE: Group = {
  rank: 0,
  size: 1,
  gather: (tensor) => tf.clone(tensor),
  mean: (tensors) => tensors.map((tensor) => tf.clone(tensor)),
  broadcast: async (tensors) => tensors.map((tensor) => tf.clone(tensor)),
  gatherBytes: async (bytes) => [bytes],
  barrier: async () => {},
  leave: async () => {},
};
