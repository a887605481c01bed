import { type CrawlSummary, DEFAULT_RESIZE, type SourceConfig } from '@wenlan/crawler';
import { crawlInParts, type PartsOptions } from './crawl-in-parts.ts';
import { dealSources, PARTS } from './crawl-parts.ts';

/** A crawl whose parts are done by workers. */
export interface CrawlOnQueueOptions extends PartsOptions {
  sources: readonly SourceConfig[];
}

/**
 * Crawls as `crawl` does, by workers: the hosts are dealt to parts by their registrable domains, each a job of the queue and a
 * dataset of its own that any worker can go on with; at the end the parts are put together in their order. The rows depend on the sites
 * alone, not on who crawled what when. Run again, it goes on, also with an empty Redis.
 * @throws UserError QUEUE_URL, QUEUE_UNREACHABLE, QUEUE_PARTS_FAILED, SITES_SILENT; `Interrupted`
 */
export function crawlOnQueue(options: CrawlOnQueueOptions): Promise<CrawlSummary> {
  const { sources, settings, clockMillis } = options;
  const { resize } = settings;
  const recipe = {
    sources,
    settings,
    clockMillis,
    parts: PARTS,
    // As that of a crawl without a queue, where a later one looks for it.
    ...(resize !== undefined && { resize: { ...DEFAULT_RESIZE, ...resize } }),
  };
  return crawlInParts(options, recipe, (folder) => dealSources(sources, folder));
}
