import type { Recipe } from '@wenlan/cleaning';
import { Queue } from 'bullmq';
import type { FailedPart } from './crawl-queue.ts';
import { KEY_PREFIX, redisOptions } from './redis.ts';

export const CLEAN_QUEUE_NAME = 'clean';
/** A shard that failed so often ends in the list of failed ones. */
const ATTEMPTS = 3;
const BACKOFF_MILLIS = 1_000;
const LISTED_FAILURES = 1_000;

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

/** The shards that were given up after several attempts, with the last reason. */
export async function failedShards(queue: CleanJobQueue): Promise<FailedPart[]> {
  const jobs = await queue.getFailed(0, LISTED_FAILURES - 1);
  return jobs.map(({ id, data, attemptsMade, failedReason }) => ({
    id: id ?? '',
    dataset: data.input,
    attempts: attemptsMade,
    reason: failedReason ?? '',
  }));
}

/** Puts the shards that were given up back into the queue. @returns how many */
export async function retryFailedShards(queue: CleanJobQueue): Promise<number> {
  const count = await queue.getFailedCount();
  await queue.retryJobs({ state: 'failed' });
  return count;
}

/** How many shards wait, are measured or have failed, in Prometheus' text format. */
export async function cleanMetrics(queue: CleanJobQueue): Promise<string> {
  const counts = await queue.getJobCounts('wait', 'delayed', 'active', 'failed');
  return [
    '# HELP wenlan_shards Shards to be measured, by state',
    '# TYPE wenlan_shards gauge',
    ...Object.entries(counts).map(([state, count]) => `wenlan_shards{state="${state}"} ${count}`),
    '',
  ].join('\n');
}
