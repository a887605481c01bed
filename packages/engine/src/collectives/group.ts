import type * as tf from '@tensorflow/tfjs-core';

/**
 * Processes that compute together, each a rank. All of them call the same methods in the same order with tensors of the same shapes.
 * What is not a promise may be part of a captured step; outside of one it stops the event loop until the others have come.
 */
export interface Group {
  readonly rank: number;
  readonly size: number;

  /**
   * Rows of all ranks in rank order. Its gradient is the own rows of dy times `size`, so that the mean of the gradients over the ranks
   * is the gradient of a loss that every rank computes whole.
   * @param tensor float32 or int32 [batch, …]
   * @returns [size · batch, …]
   */
  gather<T extends tf.Tensor>(tensor: T): T;

  /**
   * Means over the ranks, bit for bit the same on all of them; the tensors travel as one. Has no gradient.
   * @param tensors float32
   * @param options `bfloat16` halves what travels and rounds it
   */
  mean(tensors: readonly tf.Tensor[], options?: { bfloat16?: boolean }): tf.Tensor[];

  /** What the tensors hold on rank 0, as new tensors. @param tensors float32, int32 or bool, of the same shapes on all ranks */
  broadcast(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]>;

  /** The bytes of all ranks, in rank order; their number may differ. */
  gatherBytes(bytes: Uint8Array): Promise<Uint8Array[]>;

  /** Waits until all ranks have come. */
  barrier(): Promise<void>;

  /** Gives up what is in flight; nothing else can be called any more, and the process can exit. */
  leave(): Promise<void>;
}
