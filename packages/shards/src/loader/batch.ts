import type { ImageSpec } from '../image/image-spec.ts';
import type { PairText } from '../pair.ts';
import type { ShardDamagedError } from '../shard-damaged-error.ts';

/** How rows are sorted by the length of their texts, so that the texts of a batch need little padding. */
export interface BucketBy {
  /** Rising upper bounds; a length above the last one is a bucket of its own. At most 255. */
  bounds: readonly number[];
  /** The length of a row's text; by default that of its longest, in characters (code points). */
  textLength?: (row: { id: string; texts: readonly PairText[] }) => number;
}

/** What is loaded, in which order and by how many workers. */
export interface LoaderOptions {
  split: string;
  batchSize: number;
  seed: number;
  epoch: number;
  /** Threads that read, decode and augment; 0: the caller's own. Changes nothing but speed. */
  workers: number;
  image: ImageSpec;
  /** Which of `worldSize` processes this is, 0 by default: the batches of an epoch are dealt to them in turn. */
  rank?: number;
  /** 1 by default. */
  worldSize?: number;
  /** Batches of texts of like length; by default lengths come as they come. */
  bucketBy?: BucketBy;
  /** Where to begin in the epoch, to go on after a stop: the index of the first batch that is yielded. */
  startBatch?: number;
  /**
   * Leaves out the last batch of an epoch if it is short, and those that some ranks would get one more of; true by default.
   * If false, each row comes once in the epoch over all ranks.
   */
  dropLast?: boolean;
  /**
   * Told of each shard whose checksum is wrong, once an epoch and by rank 0 only; by default a warning of the process, once
   * for each shard.
   */
  onQuarantine?: (error: ShardDamagedError) => void;
}

/** Pictures and texts of one training step. */
export interface Batch {
  /** Among those of this rank in the epoch: what `startBatch` takes. */
  index: number;
  ids: string[];
  /** RGB in 0..1, alpha flattened on white. */
  pixels: Float32Array; // [batch, side, side, 3]
  /** Where objects lie, x1 y1 x2 y2 in pixels of what is seen of the picture; null of a pair without boxes. */
  boxes: (Float32Array | null)[]; // [batch], each [boxes, 4]
  texts: PairText[][];
  /** Samples of this batch that others stand in for, because their picture can't be decoded or their shard is damaged. */
  skipped: { id: string; reason: string }[];
}
