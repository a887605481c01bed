import { Queue } from 'bullmq';
import type { CrawledPart, CrawlTask, PartProgress } from './crawl-task.ts';
import { KEY_PREFIX, redisOptions } from './redis.ts';

export const QUEUE_NAME = 'crawl';
/** A part that failed so often ends in the list of failed ones. */
const ATTEMPTS = 3;
const BACKOFF_MILLIS = 5_000;
const LISTED_FAILURES = 1_000;

/** A job is a part of a crawl. */
export type CrawlJobQueue = Queue<CrawlTask, CrawledPart>;

/** Opens the queue that coordinators and workers share. @throws UserError QUEUE_URL */
export function openCrawlQueue(url: string): CrawlJobQueue {
  return new Queue<CrawlTask, CrawledPart>(QUEUE_NAME, {
    connection: redisOptions(url),
    prefix: KEY_PREFIX,
    defaultJobOptions: { attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF_MILLIS } },
  });
}

/** A part that was given up. */
export interface FailedPart {
  id: string;
  dataset: string;
  attempts: number;
  reason: string;
}

/** The parts that were given up after several attempts, with the last reason. @throws UserError QUEUE_URL, QUEUE_UNREACHABLE */
export async function failedParts(queue: CrawlJobQueue): Promise<FailedPart[]> {
  const jobs = await queue.getFailed(0, LISTED_FAILURES - 1);
  return jobs.map(({ id, data, attemptsMade, failedReason }) => ({
    id: id ?? '',
    dataset: data.part,
    attempts: attemptsMade,
    reason: failedReason ?? '',
  }));
}

/** Puts the parts that were given up back into the queue. @returns how many */
export async function retryFailedParts(queue: CrawlJobQueue): Promise<number> {
  const count = await queue.getFailedCount();
  await queue.retryJobs({ state: 'failed' });
  return count;
}

/** How many parts are in which state, and how far those are that crawl, in Prometheus' text format. */
export async function queueMetrics(queue: CrawlJobQueue): Promise<string> {
  const active = await queue.getActive();
  const sum = (key: keyof PartProgress): number =>
    active.reduce((total, { progress }) => total + ((progress as Partial<PartProgress>)[key] ?? 0), 0);
  return [
    await queue.exportPrometheusMetrics(),
    '# HELP wenlan_active_rows Rows of the parts that are being crawled',
    '# TYPE wenlan_active_rows gauge',
    `wenlan_active_rows ${sum('rows')}`,
    '# HELP wenlan_active_pages Pages of the parts that are being crawled',
    '# TYPE wenlan_active_pages gauge',
    `wenlan_active_pages ${sum('pagesDone')}`,
    '',
  ].join('\n');
}
