import type { CrawlSummary } from '@wenlan/crawler';
import type { CommandContext } from '../command-context.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../usage-error.ts';
import { type ConnectTo, type EarlierDatasets, requireCrawl } from './crawl-stage.ts';

/**
 * Crawls what a config names into a raw dataset by workers, or goes on waiting for them.
 * @throws UsageError CRAWL_MISSING, QUEUE_SINCE, QUEUE_FORGOTTEN; what `crawlOnQueue` throws
 */
export async function crawlQueueStage(
  config: Config,
  { out, connectTo, since, forgottenIn, queue }: { out: string; connectTo: ConnectTo; queue: string } & EarlierDatasets,
  { reporter, signal }: CommandContext,
): Promise<CrawlSummary> {
  if (since !== undefined) {
    throw new UsageError('QUEUE_SINCE', 'Workers fetch everything anew; leave out --since, or crawl without a queue.');
  }
  if (forgottenIn !== undefined) {
    throw new UsageError(
      'QUEUE_FORGOTTEN',
      "Workers don't know what other datasets forget; leave out --forgotten-in, or crawl without a queue.",
    );
  }
  const { sources, ...settings } = requireCrawl(config);
  const { crawlOnQueue } = await import('@wenlan/queue');
  return await crawlOnQueue({
    out,
    sources,
    settings: { ...settings, connectTo, seed: config.seed },
    queue,
    clockMillis: config.clock === 'system' ? null : Date.parse(config.clock),
    signal,
    onProgress: ({ pagesDone, pagesQueued, rows, parts, partsDone }) =>
      reporter.progress({
        stage: 'crawl',
        done: pagesDone,
        total: pagesDone + pagesQueued,
        unit: 'pages',
        detail: `${rows} pictures, ${partsDone} of ${parts} parts`,
      }),
  });
}
