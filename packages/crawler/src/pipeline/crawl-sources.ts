import type { Pair } from '@wenlan/shards';
import type { Frontier } from '../frontier/frontier.ts';
import type { QueuedPage } from '../frontier/frontier-state.ts';
import { nextSource } from '../frontier/next-source.ts';
import { isFileSource } from '../sources/built-in-adapters.ts';
import type { FileSourceAdapter } from '../sources/file-source.ts';
import type { SourceAdapter, SourceConfig } from '../sources/source-adapter.ts';
import type { CoverageOptions } from '../coverage/coverage-options.ts';
import { SourceCoverage } from '../coverage/source-coverage.ts';
import type { ResizeOptions } from '../picture/resize-picture.ts';
import type { FileWindow } from './file-window.ts';
import type { PageUnderWay, PageWindow } from './page-window.ts';
import { pageRows } from './page-rows.ts';
import type { PicturePrefetch } from './picture-prefetch.ts';
import type { ReadPage } from './read-page.ts';
import { urlKey } from '../frontier/url-key.ts';
import { pageResponseKey } from '../refresh/stored-response.ts';
import { countBy } from '../summary/count-by.ts';
import { Scope } from './scope.ts';
import type { ShardCutter } from './shard-cutter.ts';

/** A source, ready to be crawled. */
export interface ReadySource {
  config: SourceConfig & { maxPages: number };
  adapter: SourceAdapter | FileSourceAdapter;
  /** The pages of a source of files; null where pages are fetched. */
  files: FileWindow | null;
}

export interface CrawlSourcesOptions {
  sources: readonly ReadySource[];
  frontier: Frontier;
  window: PageWindow;
  pictures: PicturePrefetch;
  shards: ShardCutter;
  maxImageBytes: number;
  maxPixels: number;
  resize: ResizeOptions | null;
  coverage: Required<CoverageOptions>;
  /** Called after each page; true stops the crawl there. */
  afterPage: (source: SourceConfig, page: ReadPage) => boolean;
}

/**
 * Finishes page after page, in an order that only the sites decide: the source that has cost least has the next turn, and its
 * pages come in the order in which they were found, however many are fetched at once.
 * @returns whether there is nothing left to do
 */
export async function crawlSources(options: CrawlSourcesOptions): Promise<boolean> {
  const { sources, frontier, window, pictures, shards, maxImageBytes, maxPixels, resize, coverage, afterPage } = options;
  const scopes = sources.map((source) => scopeOf(source));
  const coverages = sources.map((_, source) => new SourceCoverage(source, frontier, coverage));
  if (frontier.isNew) queueSeeds(sources, frontier);
  for (let source = await next(options); source !== null; source = await next(options)) {
    const { config, adapter, files } = sources[source]!;
    const { request, order, page: reading } = files === null ? window.take(source) : pageOfFiles(files, frontier.tick);
    const read = await reading;
    const page = files === null ? withinScope(read, request, source, frontier, scopes[source]!) : read;
    const { validator } = read;
    if (validator !== null) frontier.addResponse({ key: pageResponseKey(urlKey(request.url)), validator, page: read });
    const requestsBefore = pictures.taken;
    const rowsOptions = {
      source: adapter.kind,
      order,
      frontier,
      pictures,
      maxImageBytes,
      maxPixels,
      resize,
      coverage: coverages[source]!,
    };
    const rows: Pair[] = await pageRows(page, rowsOptions);
    const isLater = page.links.length > 0 && coverages[source]!.isPlentiful(page.candidates);
    queueLinks({ page, request, source, isLater, config }, frontier, scopes[source]!);
    const failed = page.outcome === 'ok' ? null : { url: page.url, outcome: page.outcome, detail: page.detail ?? '' };
    if (failed !== null && files === null) frontier.addFailure(page.url, page.outcome);
    frontier.finishPage(source, {
      outcome: page.outcome,
      cost: costOf(page, pictures.taken - requestsBefore, config),
      rows: rows.length,
      outcomes: countBy(rows, ({ outcome }) => outcome.replace(/^duplicate:.*/s, 'duplicate')),
      failedSeed: request.depth === 0 ? failed : null,
    });
    frontier.queueLater(source, config.maxPages);
    await shards.add(rows);
    if (shards.isFull) await shards.commit();
    if (afterPage(config, page)) return false;
  }
  return true;
}

/** An adapter may begin on another host than the seeds name, and goes on there. */
function scopeOf({ config, adapter }: ReadySource): Scope {
  if (isFileSource(adapter)) return new Scope({ seeds: [] });
  const begins = adapter.seedRequests(config).map(({ url }) => url);
  return new Scope({ ...config, seeds: [...config.seeds, ...begins] });
}

/** The source that has the next turn; waits until those of files have read on, so that the order is theirs alone. */
async function next({ sources, frontier }: CrawlSourcesOptions): Promise<number | null> {
  for (const { files } of sources) if (files?.hasMore === false) await files.ready();
  return nextSource(frontier.sources, (source) => sources[source]!.files?.hasMore === true);
}

/** Like a page that was fetched; one of a file stands at no depth that matters. */
function pageOfFiles(files: FileWindow, order: number): PageUnderWay {
  const page = files.take();
  return { request: { url: page.url, depth: 1 }, order, page: Promise.resolve(page) };
}

/** The pace of a site that asks for none; one that asks for a longer wait costs so many times as much. */
const POLITE_SECONDS = 0.5;

/**
 * What a page has cost, in requests at the usual pace: a site whose robots.txt asks for ten seconds between two requests has a
 * turn as seldom as that, so that the others needn't wait for it. It is no measured time, which would make the order of the rows
 * another one in every run.
 */
function costOf({ requests, crawlDelaySeconds }: ReadPage, pictures: number, { weight = 1 }: SourceConfig): number {
  return Math.max(1, requests * Math.max(1, crawlDelaySeconds / POLITE_SECONDS) + pictures) / weight;
}

function queueSeeds(sources: readonly ReadySource[], frontier: Frontier): void {
  for (const [source, { config, adapter }] of sources.entries()) {
    if (isFileSource(adapter)) continue;
    for (const request of adapter.seedRequests(config)) {
      frontier.enqueue(source, { ...request, depth: 0 }, config.maxPages);
    }
  }
  frontier.seedsQueued();
}

interface Linking {
  page: ReadPage;
  request: QueuedPage;
  source: number;
  isLater: boolean;
  config: ReadySource['config'];
}

function queueLinks({ page, request: { depth }, source, isLater, config }: Linking, frontier: Frontier, scope: Scope): void {
  if (depth >= (config.maxDepth ?? Infinity)) return;
  const { hosts } = frontier.sources[source]!;
  for (const link of page.links) {
    if (scope.includes(link.url, hosts)) frontier.enqueue(source, { ...link, depth: depth + 1 }, config.maxPages, isLater);
  }
}

/** A seed may lie anywhere, and be redirected to where its site has moved; from other pages outside the scope nothing is taken. */
function withinScope(page: ReadPage, request: QueuedPage, source: number, frontier: Frontier, scope: Scope): ReadPage {
  if (page.outcome !== 'ok' || scope.includes(page.url, frontier.sources[source]!.hosts)) return page;
  if (request.depth === 0) {
    const { host } = new URL(page.url);
    if (host !== new URL(request.url).host) frontier.addHost(source, host);
    return page;
  }
  return { ...page, outcome: 'out-of-scope', detail: `redirected to ${page.url}`, candidates: [], links: [] };
}
