import { Queue } from 'bullmq';
import { KEY_PREFIX, redisOptions } from './redis.ts';

/** A job that failed so often ends in the list of failed ones. */
const ATTEMPTS = 3;
/** Between those that are to go first and those that have time. */
export const DEFAULT_PRIORITY = 10;
const LISTED_FAILURES = 1_000;

/** Opens a queue that coordinators and workers share. @throws UserError QUEUE_URL */
export function openJobQueue<Task, Result>(name: string, url: string, backoffMillis: number): Queue<Task, Result> {
  return new Queue<Task, Result>(name, {
    connection: redisOptions(url),
    prefix: KEY_PREFIX,
    defaultJobOptions: { attempts: ATTEMPTS, backoff: { type: 'exponential', delay: backoffMillis } },
  });
}

/** A job that was given up. */
export interface FailedJob {
  id: string;
  /** Location of the dataset that it was for. */
  dataset: string;
  attempts: number;
  reason: string;
}

/** A job that was given up, as BullMQ has it. */
interface GivenUp<Task> {
  id?: string | undefined;
  data: Task;
  attemptsMade: number;
  failedReason: string;
}

/** The jobs of a queue that were given up after several attempts, with the last reason. */
export async function failedJobs<Task>(
  queue: { getFailed(start: number, end: number): Promise<GivenUp<Task>[]> },
  datasetOf: (task: Task) => string,
): Promise<FailedJob[]> {
  const jobs = await queue.getFailed(0, LISTED_FAILURES - 1);
  return jobs.map(({ id, data, attemptsMade, failedReason }) => ({
    id: id ?? '',
    dataset: datasetOf(data),
    attempts: attemptsMade,
    reason: failedReason,
  }));
}

/** Puts the jobs that were given up back into their queue. @returns how many */
export async function retryFailedJobs(queue: Pick<Queue, 'getFailedCount' | 'retryJobs'>): Promise<number> {
  const count = await queue.getFailedCount();
  await queue.retryJobs({ state: 'failed' });
  return count;
}
