import { createHash } from 'node:crypto';
import { type AskedElsewhere, retry, type RetryOptions, type RetrySummary } from '@wenlan/crawler';
import { datasetLocation, joinLocation, readManifest, storageOf, UserError } from '@wenlan/shards';
import { crawlInParts, type PartsOptions } from './crawl-in-parts.ts';
import { dealRows, PARTS } from './crawl-parts.ts';

/** A retry whose pictures are fetched by workers. */
export interface RetryOnQueueOptions extends Omit<PartsOptions, 'out' | 'onProgress'> {
  /** Which rows, such as `outcome in (timeout, http-5xx)`. */
  where: string;
  /** Told as pictures are fetched. */
  onFetched?: PartsOptions['onProgress'];
  /** Told as shards are written anew. */
  onProgress?: RetryOptions['onProgress'];
}

/**
 * Does what `retry` does, to the same bytes where sites answer alike: the URLs of the rows asked for are crawled by workers into a
 * dataset beside; then this process writes the shards of these rows anew. Run again, it goes on.
 * @param dataset the raw dataset: in S3, or a folder that all workers see under this path
 * @throws UserError what `retry` and `crawlOnQueue` throw
 */
export async function retryOnQueue(dataset: string, options: RetryOnQueueOptions): Promise<RetrySummary> {
  const { where, settings, clockMillis, signal, onProgress } = options;
  const retries = joinLocation(datasetLocation(dataset), 'retry');
  // workers may still be at the parts of a retry of other rows, which was given up
  const fetched = joinLocation(retries, createHash('sha256').update(where).digest('hex').slice(0, 12));
  const summary = await retry(dataset, {
    ...settings,
    where,
    clock: clockMillis === null ? Date.now : () => clockMillis,
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
    fetchElsewhere: (asked) => fetchAsked(fetched, asked, options),
  });
  await storageOf(retries).removeFolder(retries);
  return summary;
}

async function fetchAsked(
  out: string,
  { rows, key, resize, isGoingOn }: AskedElsewhere,
  options: RetryOnQueueOptions,
): Promise<string> {
  if (isGoingOn && (await isComplete(out))) return out;
  const { queue, clockMillis, priority, signal, onFetched } = options;
  const settings = { ...options.settings, ...(resize !== undefined && { resize }) };
  const recipe = { asked: key, settings, clockMillis, parts: PARTS };
  const crawl = (): Promise<unknown> =>
    crawlInParts({ out, settings, queue, clockMillis, priority, signal, onProgress: onFetched }, recipe, async (folder) => {
      const dealt = await dealRows('asked', rows, folder);
      return new Map([...dealt].map(([part, source]) => [part, [source]]));
    });
  try {
    await crawl();
  } catch (error) {
    // Left by a retry of rows that have changed since, which was given up.
    if (!(error instanceof UserError) || error.code !== 'RECIPE_DIFFERS') throw error;
    await storageOf(out).removeFolder(out);
    await crawl();
  }
  return out;
}

const isComplete = (location: string): Promise<boolean> =>
  readManifest(location).then(
    ({ complete }) => complete,
    (error: unknown) => {
      if ((error as UserError).code === 'DATASET_MISSING') return false;
      throw error;
    },
  );
