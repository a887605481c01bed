import { join } from 'node:path';
import { datasetLocation, openDataset, readManifest, UserError, workFolder } from '@wenlan/shards';
import type { DatasetWriter } from '@wenlan/shards';
import { checkCrawlOptions } from './crawl-options.ts';
import type { CrawlOptions, FilledOptions } from './crawl-options.ts';
import { createFetcher } from './fetch/create-fetcher.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import { Frontier } from './frontier/frontier.ts';
import { urlKey } from './frontier/url-key.ts';
import { EarlierCrawl } from './refresh/earlier-crawl.ts';
import { writeResponses } from './refresh/response-file.ts';
import { Interrupted } from './interrupted.ts';
import { fetchPicture } from './picture/fetch-picture.ts';
import { crawlSources } from './pipeline/crawl-sources.ts';
import type { CrawlSourcesOptions, ReadySource } from './pipeline/crawl-sources.ts';
import { FileWindow } from './pipeline/file-window.ts';
import { wantedPictures } from './pipeline/page-rows.ts';
import { PageWindow } from './pipeline/page-window.ts';
import { PicturePrefetch } from './pipeline/picture-prefetch.ts';
import { readPage } from './pipeline/read-page.ts';
import type { ReadPage } from './pipeline/read-page.ts';
import { ShardCutter } from './pipeline/shard-cutter.ts';
import { BUILT_IN_ADAPTERS, isFileSource } from './sources/built-in-adapters.ts';
import type { FileSource, FileSourceAdapter } from './sources/file-source.ts';
import type { SourceAdapter, SourceConfig } from './sources/source-adapter.ts';
import { silences } from './summary/advice.ts';
import type { CrawlSummary } from './summary/crawl-summary.ts';
import { summarize } from './summary/summarize.ts';

/** Pages of one source read ahead of their turn. */
const MAX_PAGES_AHEAD = 64;
/** Rows of one list, or pages of one archive, read ahead of their turn; enough to go on fetching while a shard is committed. */
const MAX_ROWS_AHEAD = 1_024;
/** An error names so many sites. */
const MAX_SILENCES = 3;
/** Pictures that have come before their turn; enough that one host that has to be asked again doesn't hold up the others. */
const MAX_HELD_PICTURES = 4_096;
const MAX_HELD_BYTES = 64 * 2 ** 20;

/**
 * Crawls sources into a raw dataset (stage `crawl`), or goes on with one: a row for every picture that a page shows, whatever
 * became of it. The rows are a function of the sites, not of timing, concurrency or how often the crawl was killed; pages and
 * pictures that a kill or {@link Interrupted} lost are fetched again. A crawl that is complete returns its summary at once.
 * @throws UserError CRAWL_OPTIONS, ALLOW_ADDRESS_INVALID, CONNECT_TO_INVALID, SITES_SILENT, FRONTIER_MISSING, and those of
 * `openDataset`; {@link Interrupted}; `DiskFullError`
 */
export async function crawl(given: CrawlOptions): Promise<CrawlSummary> {
  const options = checkCrawlOptions(given);
  const fetcher = createFetcher(options);
  try {
    return await withDataset(options, fetcher);
  } finally {
    await fetcher.close();
  }
}

async function withDataset(options: FilledOptions, fetcher: Fetcher): Promise<CrawlSummary> {
  const { out, maxShardRows } = options;
  const files = await openFileSources(options, fetcher);
  // A name that is mistyped would forget nothing.
  for (const other of options.forgottenIn) await readManifest(other);
  const writer = await openDataset(out, {
    stage: 'crawl',
    recipe: recipeOf(options, files),
    ...(options.since !== null && { parents: [options.since] }),
    forgottenIn: options.forgottenIn,
    // The frontier is committed with every shard, so shards end where a page does.
    maxShardRows: Infinity,
    maxShardBytes: Infinity,
  });
  const frontierFolder = join(workFolder(out), 'frontier');
  let frontier: Frontier | undefined;
  let sources: ReadySource[] = [];
  let earlier: EarlierCrawl | undefined;
  try {
    if (writer.complete) {
      // A crawl that was killed right before its end leaves it.
      await Frontier.remove(frontierFolder);
      return writer.manifest.state as CrawlSummary;
    }
    frontier = await Frontier.open(frontierFolder, {
      recipeHash: writer.manifest.recipeHash,
      sources: options.sources.length,
      rowsCommitted: writer.rowsCommitted('all'),
      maxPagesPerHost: options.maxPagesPerHost,
    });
    const shards = new ShardCutter(writer, frontier, maxShardRows, options.beforeCommit);
    earlier = await earlierCrawl(options);
    const pictures = picturePrefetch(options, fetcher, frontier, earlier);
    sources = readySources(options, files, frontier, pictures);
    const { maxImageBytes, maxPixels, resize } = options;
    const isDone = await crawlSources({
      sources,
      window: pageWindow(options, { fetcher, frontier, sources, pictures, earlier }),
      pictures,
      frontier,
      shards,
      maxImageBytes,
      maxPixels,
      resize,
      coverage: options.coverage,
      afterPage: afterPage(options, frontier, shards),
    });
    if (!isDone)
      throw new Interrupted(`Interrupted after ${frontier.rows} pictures; run the same command again to go on from there.`);
    const summary = await finish(options, writer, frontier, shards);

    await frontier.close();
    await Frontier.remove(frontierFolder);
    return summary;
  } catch (error) {
    // Nothing was committed, so the mended command may differ in anything.
    if (error instanceof UserError && writer.rowsCommitted('all') === 0 && !writer.complete) await writer.discard();
    throw error;
  } finally {
    for (const { files: window } of sources) await window?.close();
    if (options.earlierCrawls === undefined) await earlier?.close();
    await frontier?.close();
    await writer.close();
  }
}

async function earlierCrawl({ since, earlierCrawls, out, resize }: FilledOptions): Promise<EarlierCrawl | undefined> {
  if (since === null) return undefined;
  return earlierCrawls?.open(since, resize) ?? EarlierCrawl.open(since, join(workFolder(out), 'since'), resize);
}

/** What decides the rows. */
function recipeOf(options: FilledOptions, files: readonly (FileSource | null)[]): unknown {
  const { sources, product, maxPageBytes, maxImageBytes, maxPixels, maxShardRows } = options;
  return {
    sources: sources.map(({ adapter: _, ...source }, index) => {
      const fingerprint = files[index]?.fingerprint;
      return fingerprint === undefined ? source : { ...source, fingerprint };
    }),
    product,
    maxPageBytes,
    maxImageBytes,
    maxPixels,
    // A limit that isn't there can't be written in JSON.
    maxPagesPerHost: Number.isFinite(options.maxPagesPerHost) ? options.maxPagesPerHost : null,
    maxShardRows,
    coverage: options.coverage,
    ...(options.resize !== null && { resize: options.resize }),
  };
}

/** Opens the sources of files; null for those whose pages are fetched. */
function openFileSources(options: FilledOptions, fetcher: Fetcher): Promise<(FileSource | null)[]> {
  const { product, maxPageBytes } = options;
  return Promise.all(
    options.sources.map(async (config) => {
      const adapter = adapterOf(config);
      if (!isFileSource(adapter)) return null;
      return adapter.open(config, { product, maxPageBytes, download: (url) => fetcher.download(url) });
    }),
  );
}

const adapterOf = ({ adapter, kind }: SourceConfig): SourceAdapter | FileSourceAdapter => adapter ?? BUILT_IN_ADAPTERS[kind];

function readySources(
  options: FilledOptions,
  files: readonly (FileSource | null)[],
  frontier: Frontier,
  pictures: PicturePrefetch,
): ReadySource[] {
  return options.sources.map((config, index) => {
    const source = files[index] ?? null;
    const adapter = adapterOf(config);
    if (source === null) return { config, adapter, files: null };
    const onRead = (page: ReadPage, sequence: number): void => {
      const ahead = (sequence - frontier.sources[index]!.head) * options.sources.length;
      pictures.want(wantedPictures(page), frontier.tick + ahead + index);
    };
    const skip = frontier.sources[index]!.head;
    return {
      config,
      adapter,
      files: new FileWindow({ source, skip, maxPages: config.maxPages, ahead: MAX_ROWS_AHEAD, onRead }),
    };
  });
}

function picturePrefetch(
  options: FilledOptions,
  fetcher: Fetcher,
  frontier: Frontier,
  earlier: EarlierCrawl | undefined,
): PicturePrefetch {
  const { concurrency, maxImageBytes, maxPixels, resize, clock, product } = options;
  return new PicturePrefetch({
    get: ({ url, referer }, order) =>
      fetchPicture(
        { url, referer, order },
        {
          fetcher,
          maxBytes: maxImageBytes,
          maxPixels,
          resize,
          product,
          clock,
          earlier: (asked) => earlier?.picture(asked) ?? null,
        },
      ),
    isKnown: (url) => frontier.picture(urlKey(url.href)) !== undefined,
    maxUnderWay: 2 * concurrency,
    maxCount: MAX_HELD_PICTURES,
    maxBytes: MAX_HELD_BYTES,
  });
}

interface Parts {
  fetcher: Fetcher;
  frontier: Frontier;
  sources: readonly ReadySource[];
  pictures: PicturePrefetch;
  earlier: EarlierCrawl | undefined;
}

function pageWindow(
  { concurrency, maxPageBytes, product }: FilledOptions,
  { fetcher, frontier, sources, pictures, earlier }: Parts,
): PageWindow {
  return new PageWindow({
    frontier,
    ahead: Math.min(MAX_PAGES_AHEAD, 2 * concurrency),
    read: async (source, request, order) => {
      const adapter = sources[source]!.adapter as SourceAdapter;
      const known = (url: string): ReturnType<EarlierCrawl['page']> => earlier?.page(url) ?? null;
      const reading = { fetcher, maxBytes: maxPageBytes, product, earlier: known };
      const page = await readPage(adapter, request, order, reading);
      pictures.want(wantedPictures(page), order);
      return page;
    },
  });
}

/** Tells how far the crawl is, and stops it between two shards once the signal says so. */
function afterPage(
  { signal, onProgress, maxShardRows }: FilledOptions,
  frontier: Frontier,
  shards: ShardCutter,
): CrawlSourcesOptions['afterPage'] {
  let isStopping = false;
  return ({ name }, { url, outcome }) => {
    const pagesDone = frontier.sources.reduce((sum, { head }) => sum + head, 0);
    const pagesQueued = frontier.sources.reduce((sum, { head, tail }) => sum + tail - head, 0);
    onProgress?.({ type: 'page', source: name, url, outcome, pagesDone, pagesQueued, rows: frontier.rows });
    if (signal?.aborted !== true) return false;
    if (shards.rows > 0 && !isStopping) {
      isStopping = true;
      onProgress?.({
        type: 'note',
        sentence: `Finishing the shard in flight, which has ${shards.rows} of ${maxShardRows} pictures.`,
      });
    }
    return shards.rows === 0;
  };
}

async function finish(
  options: FilledOptions,
  writer: DatasetWriter,
  frontier: Frontier,
  shards: ShardCutter,
): Promise<CrawlSummary> {
  const sources = options.sources.map(({ name, maxPages }, index) => ({ name, maxPages, state: frontier.sources[index]! }));
  const silent = silences(sources);
  if (silent.length === sources.length) throw new UserError('SITES_SILENT', silent.slice(0, MAX_SILENCES).join(' '));
  await shards.commit();
  await writeResponses(datasetLocation(options.out), frontier.responses());
  const summary = summarize(sources, writer.manifest.totals, frontier.failures());
  await writer.finish(summary);
  return summary;
}
