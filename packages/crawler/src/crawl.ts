import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '@wenlan/shards';
import type { DatasetWriter, Pair } from '@wenlan/shards';
import type { CrawlOptions } from './crawl-options.ts';
import { checkCrawlOptions } from './crawl-options.ts';
import type { CrawlSummary } from './crawl-summary.ts';
import { createFetcher } from './fetch/create-fetcher.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import { Frontier } from './frontier/frontier.ts';
import type { SourceState } from './frontier/frontier-state.ts';
import { fetchPicture } from './picture/fetch-picture.ts';
import { PagePrefetch } from './pipeline/page-prefetch.ts';
import type { TakenPage } from './pipeline/page-prefetch.ts';
import { beginPictures, pageRows } from './pipeline/page-rows.ts';
import { PicturePrefetch } from './pipeline/picture-prefetch.ts';
import { readPage } from './pipeline/read-page.ts';
import type { ReadPage } from './pipeline/read-page.ts';
import { Scope } from './pipeline/scope.ts';
import { summarize } from './pipeline/summarize.ts';
import { BUILT_IN_ADAPTERS } from './sources/built-in-adapters.ts';
import type { PageRequest, SourceAdapter, SourceConfig } from './sources/source-adapter.ts';

const DEFAULT_MAX_PAGES = 1000;
const DEFAULT_MAX_SHARD_ROWS = 1000;
/** A shard ends with the page that reaches this many bytes of pictures. */
const MAX_SHARD_BYTES = 256 * 2 ** 20;
const DEFAULT_MAX_PAGE_BYTES = 8 * 2 ** 20;
const DEFAULT_MAX_IMAGE_BYTES = 20 * 2 ** 20;
const DEFAULT_USER_AGENT = 'wenlan/0.1';
const PAGES_AHEAD = 16;
const MAX_HELD_BYTES = 128 * 2 ** 20;

interface Source extends SourceConfig {
  adapter: SourceAdapter;
  inScope: Scope;
  maxPages: number;
}

/**
 * Crawls sources into a dataset of raw pairs, or goes on with one: a row for every candidate picture, whatever became of it.
 *
 * Pages and pictures are fetched at once, as hosts bear it, and written in the order of the frontier, so that the dataset is a
 * function of the sites alone. A shard ends with a page; right before it is committed, the frontier writes in one transaction
 * what its pages brought. Killed at any moment and called again, the crawl ends with the same bytes as one that was never killed.
 * @throws UserError CRAWL_OPTIONS, CONNECT_TO_INVALID, ALLOW_ADDRESS_INVALID, SITES_SILENT, FRONTIER_MISSING, those of
 * `openDataset`; DiskFullError; the signal's reason
 */
export async function crawl(options: CrawlOptions): Promise<CrawlSummary> {
  checkCrawlOptions(options);
  const { out, maxShardRows = DEFAULT_MAX_SHARD_ROWS, maxImageBytes = DEFAULT_MAX_IMAGE_BYTES } = options;
  const userAgent = options.userAgent ?? DEFAULT_USER_AGENT;
  const maxPageBytes = options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES;
  const sources = options.sources.map(withDefaults);
  const fetcher = createFetcher({ ...options, userAgent: `${userAgent} (+${options.contact})` });
  const writer = await openDataset(out, {
    stage: 'crawl',
    recipe: { sources: sources.map(recipeOf), maxImageBytes, maxPageBytes, maxShardRows },
    // Shards end with pages, which is for this loop to say.
    maxShardRows: Number.MAX_SAFE_INTEGER,
    maxShardBytes: Number.MAX_SAFE_INTEGER,
  });
  let frontier: Frontier | undefined;
  try {
    if (writer.complete) {
      await Frontier.remove(frontierOf(out));
      return writer.manifest.state as CrawlSummary;
    }
    frontier = await Frontier.open(frontierOf(out), {
      recipeHash: writer.manifest.recipeHash,
      sources: sources.length,
      rowsCommitted: writer.manifest.totals.rows,
    });
    const run = new CrawlRun({
      options,
      sources,
      fetcher,
      frontier,
      writer,
      maxShardRows,
      maxImageBytes,
      maxPageBytes,
      userAgent,
    });
    await run.toTheEnd();
    const { rows: candidates, byOutcome, bySource } = writer.manifest.totals;
    const summary = summarize({ candidates, byOutcome, bySource }, frontier, sources);
    await writer.finish(summary);
    await frontier.close();
    await Frontier.remove(frontierOf(out));
    return summary;
  } finally {
    await fetcher.close();
    await frontier?.close();
    await writer.close();
  }
}

interface CrawlRunParts {
  options: CrawlOptions;
  sources: readonly Source[];
  fetcher: Fetcher;
  frontier: Frontier;
  writer: DatasetWriter;
  maxShardRows: number;
  maxImageBytes: number;
  maxPageBytes: number;
  userAgent: string;
}

/** The loop of a crawl: the source that has been asked for least has its next page finished. */
class CrawlRun {
  readonly #parts: CrawlRunParts;
  readonly #pages: PagePrefetch;
  readonly #pictures: PicturePrefetch;
  #pendingRows = 0;
  #pendingBytes = 0;

  constructor(parts: CrawlRunParts) {
    const { sources, fetcher, frontier, maxImageBytes, maxPageBytes, userAgent, options } = parts;
    const product = userAgent.replace(/\/.*$/, '');
    this.#parts = parts;
    this.#pictures = new PicturePrefetch(
      ({ url, referer }, order) =>
        fetchPicture({ url, referer, order }, { fetcher, maxBytes: maxImageBytes, product, clock: options.clock }),
      MAX_HELD_BYTES,
    );
    const reader = { fetcher, maxBytes: maxPageBytes, product };
    this.#pages = new PagePrefetch(
      frontier,
      async (source, queued, order) => {
        const page = await readPage(sources[source]!.adapter, queued, order, reader);
        beginPictures(page, order, frontier, this.#pictures);
        return page;
      },
      PAGES_AHEAD,
    );
  }

  async toTheEnd(): Promise<void> {
    const { frontier, sources, options } = this.#parts;
    if (frontier.isNew) {
      for (const [index, source] of sources.entries()) this.#enqueue(index, source.adapter.seedRequests(source), 0);
    }
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#pages.fill();
      const taken = await unlessAborted(this.#pages.take(next), options.signal);
      const outcome = this.#judge(next, taken);
      const rows = await unlessAborted(this.#rowsOf(next, taken, outcome), options.signal);
      await this.#finish(next, taken, outcome, rows);
    }
    await this.#commit();
  }

  /** The source with a page left that has cost the least so far; of equals the first. */
  #next(): number | undefined {
    let next: number | undefined;
    const states = this.#parts.frontier.sources;
    for (const [index, { head, tail, virtualTime }] of states.entries()) {
      if (head < tail && (next === undefined || virtualTime < states[next]!.virtualTime)) next = index;
    }
    return next;
  }

  /** What a redirect led out of the scope for belongs to somebody else. */
  #judge(index: number, { queued, page }: TakenPage): string {
    const state = this.#parts.frontier.sources[index]!;
    const { inScope } = this.#parts.sources[index]!;
    if (queued.depth === 0) noteSeed(state, inScope, queued.url, page);
    return page.outcome === 'ok' && !inScope.includes(page.url, state.hosts) ? 'out-of-scope' : page.outcome;
  }

  #rowsOf(index: number, { page, order }: TakenPage, outcome: string): Promise<Pair[]> {
    const { frontier, sources } = this.#parts;
    const shown = outcome === 'ok' ? page : { ...page, candidates: [] };
    return pageRows(shown, { source: sources[index]!.adapter.kind, order, frontier, pictures: this.#pictures });
  }

  async #finish(index: number, { queued, page }: TakenPage, outcome: string, rows: Pair[]): Promise<void> {
    const { frontier, sources, writer, options, maxShardRows } = this.#parts;
    if (outcome === 'ok') this.#enqueue(index, page.links, queued.depth + 1);
    frontier.finishPage(index, outcome, page.requests + rows.length, outcome === 'ok' ? null : new URL(page.url).host);
    this.#pendingRows += rows.length;
    this.#pendingBytes += rows.reduce((sum, { image }) => sum + (image?.length ?? 0), 0);
    await writer.append(rows);
    options.onProgress?.({ type: 'page', source: sources[index]!.name, url: queued.url, outcome, ...this.#counts() });
    if (this.#pendingRows >= maxShardRows || this.#pendingBytes >= MAX_SHARD_BYTES) await this.#commit();
  }

  #enqueue(index: number, requests: readonly PageRequest[], depth: number): void {
    const { frontier, sources } = this.#parts;
    const { inScope, maxPages, maxDepth = Infinity } = sources[index]!;
    if (depth > maxDepth) return;
    for (const { url, ...request } of requests) {
      if (!URL.canParse(url)) continue;
      if (inScope.includes(url, frontier.sources[index]!.hosts)) frontier.enqueue(index, { url, depth, ...request }, maxPages);
    }
  }

  async #commit(): Promise<void> {
    const { frontier, writer } = this.#parts;
    frontier.prepare();
    await writer.flush();
    frontier.committed();
    this.#pendingRows = 0;
    this.#pendingBytes = 0;
  }

  #counts(): { pagesDone: number; pagesQueued: number; rows: number } {
    const { frontier } = this.#parts;
    const pagesDone = frontier.sources.reduce((sum, { head }) => sum + head, 0);
    const pagesQueued = frontier.sources.reduce((sum, { head, tail }) => sum + tail - head, 0);
    return { pagesDone, pagesQueued, rows: frontier.rows };
  }
}

/** A site that answers under another name (www, https, a mobile site) is followed there. */
function noteSeed(state: SourceState, inScope: Scope, seed: string, { outcome, detail, url }: ReadPage): void {
  if (outcome !== 'ok') state.failedSeed ??= { url: seed, outcome: detail === null ? outcome : `${outcome}, ${detail}` };
  else if (!inScope.includes(url, state.hosts)) state.hosts.push(new URL(url).host);
}

const withDefaults = (source: SourceConfig): Source => ({
  ...source,
  adapter: source.adapter ?? BUILT_IN_ADAPTERS[source.kind],
  inScope: new Scope(source),
  maxPages: source.maxPages ?? DEFAULT_MAX_PAGES,
});

/** What of a source decides the rows. */
const recipeOf = ({ name, kind, seeds, maxPages, maxDepth, scope }: Source): object => ({
  name,
  kind,
  seeds,
  maxPages,
  ...(maxDepth === undefined ? {} : { maxDepth }),
  ...(scope === undefined ? {} : { scope }),
});

function frontierOf(location: string): string {
  return join(location.startsWith('file:') ? fileURLToPath(location) : resolve(location), 'frontier');
}

/** Gives up waiting as soon as the signal says so. @throws the signal's reason */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  work.catch(() => {});
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
