import type { Recipe } from '@wenlan/cleaning';
import { Queue } from 'bullmq';
import { KEY_PREFIX, redisOptions } from './redis.ts';

export const CLEAN_QUEUE_NAME = 'clean';
/** A shard that failed so often ends in the list of failed ones. */
const ATTEMPTS = 3;
const BACKOFF_MILLIS = 1_000;

/** The measuring of one shard: what a job of the queue holds. */
export interface CleanTask {
  /** Locations of the raw and of the clean dataset, seen by all workers. */
  input: string;
  out: string;
  recipe: Recipe;
  /** Index in the manifest of the raw dataset. */
  shard: number;
}

/** A job is a shard; its result are the rows measured. */
export type CleanJobQueue = Queue<CleanTask, number>;

/** Opens the queue of shards to measure that coordinators and workers share. @throws UserError QUEUE_URL */
export function openCleanQueue(url: string): CleanJobQueue {
  return new Queue<CleanTask, number>(CLEAN_QUEUE_NAME, {
    connection: redisOptions(url),
    prefix: KEY_PREFIX,
    defaultJobOptions: { attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF_MILLIS } },
  });
}
