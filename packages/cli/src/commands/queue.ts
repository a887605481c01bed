import {
  checkRedis,
  type CleanJobQueue,
  type CrawlJobQueue,
  failedParts,
  failedShards,
  openCleanQueue,
  openCrawlQueue,
  retryFailedJobs,
} from '@wenlan/queue';
import type { CommandContext } from '../command-context.ts';

export interface QueueCommandOptions {
  queue: string;
}

/** Lists the parts of crawls and the shards of cleanings that were given up. */
export async function queueFailedCommand({ queue: url }: QueueCommandOptions, context: CommandContext): Promise<void> {
  const [parts, shards] = await withQueues(url, (crawls, cleanings) =>
    Promise.all([failedParts(crawls), failedShards(cleanings)]),
  );
  const failed = [...parts, ...shards];
  const lines = failed.map(({ id, dataset, attempts, reason }) => `${id}  ${dataset}  ${attempts} attempts: ${reason}`);
  context.print({ failed }, lines.length === 0 ? ['Nothing has failed.'] : lines);
}

/** Gives what was given up to the workers again. */
export async function queueRetryCommand({ queue: url }: QueueCommandOptions, context: CommandContext): Promise<void> {
  const [parts, shards] = await withQueues(url, (crawls, cleanings) =>
    Promise.all([retryFailedJobs(crawls), retryFailedJobs(cleanings)]),
  );
  context.print({ parts, shards }, [
    `${parts} parts of crawls and ${shards} shards and partitions to clean are in the queue again.`,
  ]);
}

async function withQueues<Result>(
  url: string,
  work: (crawls: CrawlJobQueue, cleanings: CleanJobQueue) => Promise<Result>,
): Promise<Result> {
  await checkRedis(url);
  const [crawls, cleanings] = [openCrawlQueue(url), openCleanQueue(url)];
  try {
    return await work(crawls, cleanings);
  } finally {
    await Promise.all([crawls.close(), cleanings.close()]);
  }
}
