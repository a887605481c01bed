import { tf } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { l2Normalize } from '../nn/l2-normalize.ts';

/** What a queue slot came from; null in a slot that still holds its random start. */
export interface Provenance {
  id: string;
  text: string;
}

/**
 * The image queue and the text queue of cross-modal MoCo: two rings of earlier keys under one pointer (WenLan, arXiv 2103.06561,
 * section 3.2). They start as random unit vectors, as in the released code.
 */
export class MocoQueues {
  readonly size: number;
  readonly images: tf.Variable<tf.Rank.R2>; // [size, dim]
  readonly texts: tf.Variable<tf.Rank.R2>; // [size, dim]
  /** Where the next batch goes. */
  pointer = 0;
  readonly provenance: (Provenance | null)[];

  constructor(size: number, dim: number, seed: number) {
    this.size = size;
    this.images = randomRows(size, dim, seed);
    this.texts = randomRows(size, dim, seed + 1);
    this.provenance = Array.from({ length: size }, () => null);
  }

  /** The slots that a batch of keys will take, an input of the captured step. */
  slots(batchSize: number): Int32Array {
    return Int32Array.from({ length: batchSize }, (_, index) => (this.pointer + index) % this.size); // [batch]
  }

  /** Overwrites the oldest keys; part of the captured step. */
  enqueue(slots: tf.Tensor1D, imageKeys: tf.Tensor2D, textKeys: tf.Tensor2D): void {
    if (this.size === 0) return;
    const rows = tf.expandDims(slots, 1); // [batch, 1]
    this.images.assign(tf.tensorScatterUpdate(this.images, rows, imageKeys));
    this.texts.assign(tf.tensorScatterUpdate(this.texts, rows, textKeys));
  }

  /** Moves the pointer past a batch and notes whose keys it left behind; the half of enqueueing that needs no tensor. */
  advance(batch: readonly Provenance[]): void {
    if (this.size === 0) return;
    for (const entry of batch) {
      this.provenance[this.pointer] = entry;
      this.pointer = (this.pointer + 1) % this.size;
    }
  }

  dispose(): void {
    this.images.dispose();
    this.texts.dispose();
  }
}

/** @throws UserError if the ring would not close: then one batch would be torn apart by the end of the queue */
export function checkQueueSize(queueSize: number, batchSize: number): void {
  if (queueSize % batchSize === 0) return;
  const nearest = Math.max(1, Math.round(queueSize / batchSize)) * batchSize;
  throw new UserError(
    'QUEUE_SIZE',
    `queueSize ${queueSize} is no multiple of batchSize ${batchSize}; set it to ${nearest}, the nearest that is.`,
  );
}

function randomRows(size: number, dim: number, seed: number): tf.Variable<tf.Rank.R2> {
  if (size === 0) return tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([0, dim]), false));
  return tf.tidy(() => tf.variable(l2Normalize(tf.randomNormal([size, dim], 0, 1, 'float32', seed)), false));
}
