import { crawl, type CrawlSummary } from '@wenlan/crawler';
import type { CommandContext } from '../command-context.ts';
import type { Config, CrawlConfig } from '../config/schema.ts';
import { UsageError } from '../usage-error.ts';

/** Host to address:port, as curl's `--connect-to`. */
export type ConnectTo = Record<string, string>;

/** Datasets that a crawl heeds. */
export interface EarlierDatasets {
  /** A finished crawl, of which what has not changed is taken over. */
  since?: string | undefined;
  /** Those whose forgotten pairs must not come back. */
  forgottenIn?: readonly string[] | undefined;
}

/**
 * Crawls what a config names into a raw dataset, or goes on with it.
 * @throws UsageError CRAWL_MISSING for a config that names nothing; what `crawl` throws
 */
export async function crawlStage(
  config: Config,
  out: string,
  connectTo: ConnectTo,
  { reporter, signal }: CommandContext,
  { since, forgottenIn }: EarlierDatasets = {},
): Promise<CrawlSummary> {
  const settings = requireCrawl(config);
  const { clock } = config;
  const fixedMillis = clock === 'system' ? undefined : Date.parse(clock);
  return crawl({
    ...settings,
    out,
    ...(since !== undefined && { since }),
    ...(forgottenIn !== undefined && { forgottenIn }),
    connectTo,
    seed: config.seed,
    clock: fixedMillis === undefined ? Date.now : () => fixedMillis,
    signal,
    onProgress: (event) => {
      if (event.type === 'note') reporter.note(event.sentence);
      else {
        const detail = `${event.rows} pictures`;
        reporter.progress({
          stage: 'crawl',
          done: event.pagesDone,
          total: event.pagesDone + event.pagesQueued,
          unit: 'pages',
          detail,
        });
      }
    },
  });
}

/** What a config says of crawling. @throws UsageError CRAWL_MISSING */
export function requireCrawl({ crawl: settings }: Config): CrawlConfig {
  if (settings !== undefined) return settings;
  throw new UsageError(
    'CRAWL_MISSING',
    'The config has no "crawl"; name a contact and the sources there, or write a start with `wenlan init`.',
  );
}

/** What came of a crawl, in a line. */
export const crawlLine = ({ candidates, pages, byOutcome }: CrawlSummary, dataset: string): string =>
  `${candidates} candidate pictures on ${pages} pages, ${byOutcome['ok'] ?? 0} fetched: ${dataset}`;
