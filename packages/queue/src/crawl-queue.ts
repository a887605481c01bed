import type { Queue } from 'bullmq';
import type { CrawledPart, CrawlTask, PartProgress } from './crawl-task.ts';
import { type FailedJob, failedJobs, openJobQueue } from './job-queue.ts';

export const QUEUE_NAME = 'crawl';
const BACKOFF_MILLIS = 5_000;

/** A job is a part of a crawl. */
export type CrawlJobQueue = Queue<CrawlTask, CrawledPart>;

/** Opens the queue that coordinators and workers share. @throws UserError QUEUE_URL */
export const openCrawlQueue = (url: string): CrawlJobQueue =>
  openJobQueue<CrawlTask, CrawledPart>(QUEUE_NAME, url, BACKOFF_MILLIS);

/** The parts that were given up after several attempts, with the last reason. */
export const failedParts = (queue: CrawlJobQueue): Promise<FailedJob[]> => failedJobs<CrawlTask>(queue, ({ part }) => part);

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
