import type { LoaderOptions } from '@wenlan/shards';

/** The epoch that processes are killed in. */
export const EPOCH: Omit<LoaderOptions, 'workers'> = {
  split: 'train',
  batchSize: 4,
  seed: 3,
  epoch: 1,
  image: { side: 8, augment: 'tiny' },
  dropLast: false,
};
