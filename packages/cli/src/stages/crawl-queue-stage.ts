import type { CrawlSummary } from '@wenlan/crawler';
import type { CrawlOnQueueProgress } from '@wenlan/queue';
import type { CommandContext } from '../command-context.ts';
import type { Config } from '../config/schema.ts';
import { type ConnectTo, type EarlierDatasets, requireCrawl } from './crawl-stage.ts';

/** The queue that work is put into, and how urgent it is. */
export interface OnQueue {
  queue: string;
  priority?: number | undefined;
}

/**
 * Crawls what a config names into a raw dataset by workers, or goes on waiting for them.
 * @throws UsageError CRAWL_MISSING; what `crawlOnQueue` throws
 */
export async function crawlQueueStage(
  config: Config,
  { out, connectTo, since, forgottenIn, ...onQueue }: { out: string; connectTo: ConnectTo } & OnQueue & EarlierDatasets,
  { reporter, signal }: CommandContext,
): Promise<CrawlSummary> {
  const { sources, ...settings } = requireCrawl(config);
  const { crawlOnQueue } = await import('@wenlan/queue');
  return await crawlOnQueue({
    out,
    sources,
    settings: { ...settings, connectTo, seed: config.seed },
    ...(since !== undefined && { since }),
    ...(forgottenIn !== undefined && { forgottenIn }),
    ...onQueue,
    clockMillis: config.clock === 'system' ? null : Date.parse(config.clock),
    signal,
    onProgress: (progress) => reporter.progress({ stage: 'crawl', ...partsProgress(progress) }),
  });
}

/** How far the workers are, all together. */
export const partsProgress = ({ pagesDone, pagesQueued, rows, parts, partsDone }: CrawlOnQueueProgress): PartsProgress => ({
  done: pagesDone,
  total: pagesDone + pagesQueued,
  unit: 'pages',
  detail: `${rows} pictures, ${partsDone} of ${parts} parts`,
});

interface PartsProgress {
  done: number;
  total: number;
  unit: string;
  detail: string;
}
