import { readPairs } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { crawl } from '@wenlan/crawler';
import type { CrawlOptions, CrawlSummary } from '@wenlan/crawler';
import type { TestWeb } from './test-web.ts';

export const FETCHED_AT = 1_700_000_000_000;

/** A crawl that waits for nobody. */
export function crawlTestWeb(
  web: Pick<TestWeb, 'connectTo'>,
  options: Pick<CrawlOptions, 'out' | 'sources'> & Partial<CrawlOptions>,
): Promise<CrawlSummary> {
  return crawl({
    contact: 'crawl@example.org',
    connectTo: web.connectTo,
    allowAddresses: ['127.0.0.0/8'],
    perHost: { requestsPerSecond: 100_000, concurrency: 16 },
    clock: () => FETCHED_AT,
    seed: 1,
    ...options,
    limits: { retries: 1, retryBaseMillis: 1, ...options.limits },
  });
}

export async function rowsOf(out: string): Promise<Pair[]> {
  const rows: Pair[] = [];
  for await (const batch of readPairs(out)) rows.push(...batch);
  return rows;
}
