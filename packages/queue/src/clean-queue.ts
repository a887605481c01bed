import type { Recipe } from '@wenlan/cleaning';
import type { Queue } from 'bullmq';
import { type FailedJob, failedJobs, openJobQueue } from './job-queue.ts';

export const CLEAN_QUEUE_NAME = 'clean';
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
export const openCleanQueue = (url: string): CleanJobQueue =>
  openJobQueue<CleanTask, number>(CLEAN_QUEUE_NAME, url, BACKOFF_MILLIS);

/** The shards that were given up after several attempts, with the last reason. */
export const failedShards = (queue: CleanJobQueue): Promise<FailedJob[]> => failedJobs<CleanTask>(queue, ({ input }) => input);

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
