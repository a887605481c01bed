import type { Recipe } from '@wenlan/cleaning';
import type { Queue } from 'bullmq';
import { type FailedJob, failedJobs, openJobQueue } from './job-queue.ts';

export const CLEAN_QUEUE_NAME = 'clean';
const BACKOFF_MILLIS = 1_000;

/** The measuring of one shard: what a job of the queue holds. */
export interface MeasureTask {
  /** Locations of the raw and of the clean dataset, seen by all workers. */
  input: string;
  out: string;
  recipe: Recipe;
  /** Index in the manifest of the raw dataset. */
  shard: number;
}

/** The reducing of partitions while rows are grouped: what another job holds. */
export interface ReduceTask {
  /** Where its partitions lie, seen by all workers. */
  location: string;
  /** Number in the job that lies there. */
  task: number;
}

/** What a worker takes of a cleaning. */
export type CleanTask = MeasureTask | ReduceTask;

/** The result of a job are the rows measured, or the name of the file with what was found. */
export type CleanJobQueue = Queue<CleanTask, number | string>;

/** Opens the queue of shards to measure and partitions to reduce that coordinators and workers share. @throws UserError QUEUE_URL */
export const openCleanQueue = (url: string): CleanJobQueue =>
  openJobQueue<CleanTask, number | string>(CLEAN_QUEUE_NAME, url, BACKOFF_MILLIS);

/** The shards and partitions that were given up after several attempts, with the last reason. */
export const failedShards = (queue: CleanJobQueue): Promise<FailedJob[]> =>
  failedJobs<CleanTask>(queue, (task) => ('shard' in task ? task.input : task.location));

/** How many shards and partitions wait, are worked on or have failed, in Prometheus' text format. */
export async function cleanMetrics(queue: CleanJobQueue): Promise<string> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'failed');
  return [
    '# HELP wenlan_shards Shards to be measured and partitions to be reduced, by state',
    '# TYPE wenlan_shards gauge',
    ...Object.entries(counts).map(([state, count]) => `wenlan_shards{state="${state}"} ${count}`),
    '',
  ].join('\n');
}
