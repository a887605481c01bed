import type { ImageSpec } from '../image/image-spec.ts';
import type { PairText } from '../pair.ts';
import type { ShardDamagedError } from '../shard-damaged-error.ts';

export interface LoaderOptions {
  split: string;
  batchSize: number;
  seed: number;
  epoch: number;
  /** Threads that read, decode and augment; 0: the caller's own. Changes nothing but speed. */
  workers: number;
  image: ImageSpec;
  /** Where to begin in the epoch, to go on after a stop: the index of the first batch that is yielded. */
  startBatch?: number;
  /** Leaves out the last batch of an epoch if it is short; true by default. */
  dropLast?: boolean;
  /** Told once of each shard whose checksum is wrong; by default a warning of the process. */
  onQuarantine?: (error: ShardDamagedError) => void;
}

export interface Batch {
  /** In the epoch: what `startBatch` takes. */
  index: number;
  ids: string[];
  /** RGB in 0..1, alpha flattened on white. */
  pixels: Float32Array; // [batch, side, side, 3]
  texts: PairText[][];
  /** Samples of this batch that others stand in for, because their picture can't be decoded or their shard is damaged. */
  skipped: { id: string; reason: string }[];
}
