import { checkRedis, type CrawlJobQueue, failedParts, openCrawlQueue, retryFailedParts } from '@wenlan/queue';
import type { CommandContext } from '../command-context.ts';

export interface QueueCommandOptions {
  queue: string;
}

/** Lists the parts that were given up. */
export async function queueFailedCommand({ queue: url }: QueueCommandOptions, context: CommandContext): Promise<void> {
  const failed = await withQueue(url, failedParts);
  const lines = failed.map(({ id, dataset, attempts, reason }) => `${id}  ${dataset}  ${attempts} attempts: ${reason}`);
  context.print({ failed }, lines.length === 0 ? ['No part has failed.'] : lines);
}

/** Gives the parts that were given up to the workers again. */
export async function queueRetryCommand({ queue: url }: QueueCommandOptions, context: CommandContext): Promise<void> {
  const retried = await withQueue(url, retryFailedParts);
  context.print({ retried }, [`${retried} parts are in the queue again.`]);
}

async function withQueue<Result>(url: string, work: (queue: CrawlJobQueue) => Promise<Result>): Promise<Result> {
  await checkRedis(url);
  const queue = openCrawlQueue(url);
  try {
    return await work(queue);
  } finally {
    await queue.close();
  }
}
