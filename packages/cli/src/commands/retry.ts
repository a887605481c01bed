import { retry, type RetryProgress } from '@wenlan/crawler';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import type { CrawlConfig } from '../config/schema.ts';
import { partsProgress } from '../stages/crawl-queue-stage.ts';
import type { ConnectTo } from '../stages/crawl-stage.ts';
import { UsageError } from '../usage-error.ts';

export interface RetryCommandOptions {
  where: string;
  config?: string;
  contact?: string;
  allowAddress?: string[];
  queue?: string;
  priority?: number;
  connectTo: ConnectTo;
}

export async function retryCommand(dataset: string, options: RetryCommandOptions, context: CommandContext): Promise<void> {
  const { where, connectTo, allowAddress } = options;
  const { crawl, seed, clock, ...config } = await loadConfig(options.config);
  const queue = options.queue ?? config.queue;
  const contact = options.contact ?? crawl?.contact;
  if (contact === undefined) {
    throw new UsageError('CONTACT_MISSING', 'A site must be able to reach you; give --contact, or a config with crawl.contact.');
  }
  const { reporter, signal } = context;
  const settings = {
    contact,
    connectTo,
    allowAddresses: allowAddress ?? crawl?.allowAddresses ?? [],
    ...(crawl !== undefined && fetchingOf(crawl)),
    seed,
  };
  const clockMillis = clock === 'system' ? null : Date.parse(clock);
  const onProgress = (event: RetryProgress): void => {
    if (event.type === 'note') return reporter.note(event.sentence);
    const { shardsDone, shardsTotal, rows } = event;
    reporter.progress({ stage: 'retry', done: shardsDone, total: shardsTotal, unit: 'shards', detail: `${rows} rows` });
  };
  const retrying = { where, signal, onProgress };
  const summary =
    queue === undefined
      ? await retry(dataset, { ...retrying, ...settings, clock: clockMillis === null ? Date.now : () => clockMillis })
      : await (
          await import('@wenlan/queue')
        ).retryOnQueue(dataset, {
          ...retrying,
          queue,
          priority: options.priority,
          settings,
          clockMillis,
          onFetched: (progress) => reporter.progress({ stage: 'retry', ...partsProgress(progress) }),
        });
  const { rows, shardsRewritten, byOutcome } = summary;
  context.print({ dataset, ...summary }, [
    `${rows} rows fetched again, ${byOutcome['ok'] ?? 0} of them a picture now, ${shardsRewritten} shards written anew: ${dataset}`,
  ]);
}

/** How pictures are fetched; what only pages need is left out. */
function fetchingOf(
  crawl: CrawlConfig,
): Omit<CrawlConfig, 'contact' | 'sources' | 'allowAddresses' | 'maxPageBytes' | 'maxPagesPerHost' | 'resize' | 'coverage'> {
  const {
    contact: _,
    sources: _sources,
    allowAddresses: _ranges,
    maxPageBytes: _bytes,
    maxPagesPerHost: _pages,
    resize: _resize,
    coverage: _coverage,
    ...fetching
  } = crawl;
  return fetching;
}
