import { UserError } from '@wenlan/shards';
import { DEFAULT_COVERAGE } from './coverage/coverage-options.ts';
import type { CoverageOptions } from './coverage/coverage-options.ts';
import { DEFAULT_FETCH_LIMITS } from './fetch/fetch-limits.ts';
import type { FetchLimits } from './fetch/fetch-limits.ts';
import type { KeptNetworks } from './fetch/kept-networks.ts';
import type { HostLimits } from './network/host-state.ts';
import type { SharedHosts } from './network/shared-hosts.ts';
import { DEFAULT_RESIZE, RESIZE_FORMATS, RESIZE_MODES } from './picture/resize-picture.ts';
import type { ResizeOptions } from './picture/resize-picture.ts';
import type { EarlierCrawls } from './refresh/earlier-crawls.ts';
import { BUILT_IN_ADAPTERS, isFileSource } from './sources/built-in-adapters.ts';
import type { SourceConfig } from './sources/source-adapter.ts';

/** What a crawl tells while it runs. */
export type CrawlProgress =
  /** A page is finished. `pagesQueued` are those known of and still to come, `rows` the candidates so far. */
  | { type: 'page'; source: string; url: string; outcome: string; pagesDone: number; pagesQueued: number; rows: number }
  | { type: 'note'; sentence: string };

/** What is crawled, how politely, and where the raw dataset goes. */
export interface CrawlOptions {
  /** Where the raw dataset is written, or gone on with: a path or a `file:` URL. */
  out: string;
  sources: readonly SourceConfig[];
  /** A mail address or a page, named in the User-Agent so that a site can reach whoever crawls it. */
  contact: string;
  /** Product and version at the beginning of the User-Agent; robots.txt knows us by the product. `wenlan/0.1` by default. */
  userAgent?: string;
  /** From `host` or `host:port` to `address:port`, as curl's `--connect-to`. */
  connectTo?: Readonly<Record<string, string>>;
  /** Addresses and ranges (CIDR) that may be connected to although they aren't public. */
  allowAddresses?: readonly string[];
  /** Requests under way over all hosts; 32 by default. */
  concurrency?: number;
  /** Of every host; two requests a second, two at once by default. */
  perHost?: Partial<HostLimits>;
  /** Bytes received a second over all hosts; no limit by default. */
  bytesPerSecond?: number;
  limits?: Partial<FetchLimits>;
  /** 8 MiB by default. */
  maxPageBytes?: number;
  /** 20 MiB by default. */
  maxImageBytes?: number;
  /** Of a picture, by its header; 100 million by default. */
  maxPixels?: number;
  /** Fits pictures to a size, with the defaults of img2dataset; their bytes are kept as they were sent by default. */
  resize?: Pick<ResizeOptions, 'mode'> & Partial<ResizeOptions>;
  /** How what there is steers what is asked for next. */
  coverage?: CoverageOptions;
  /** Pages asked of one host in one source; no limit by default. */
  maxPagesPerHost?: number;
  /** A shard ends with the page that reaches this many rows; a thousand by default. */
  maxShardRows?: number;
  /**
   * A finished crawl of the same sources: what has not changed since (ETag, Last-Modified) is taken from it, rows and bytes as
   * they were. It stays as it is.
   */
  since?: string;
  /** Where the network is kept for the next crawl of this process; it is closed with this one by default. */
  networks?: KeptNetworks;
  /** Where what `since` names is kept open for the next crawl of this process; it is closed with this one by default. */
  earlierCrawls?: EarlierCrawls;
  /** Datasets whose forgotten pairs must not come back in this one; those of `since` don't anyway. */
  forgottenIn?: readonly string[];
  /** What crawls on other machines know of the same hosts; none by default. */
  sharedHosts?: SharedHosts;
  /** Milliseconds since 1970, UTC, for `fetchedAt`. */
  clock: () => number;
  /** Of the jitter of retries. */
  seed: number;
  /** Awaited before each shard is committed; what it throws ends the crawl without the shard. */
  beforeCommit?: () => Promise<void>;
  /** Once aborted, the shard in flight is finished and the crawl rejects with `Interrupted`. */
  signal?: AbortSignal;
  /** Told as rows are committed. */
  onProgress?: (progress: CrawlProgress) => void;
}

/** With the defaults. */
export interface FilledOptions extends Required<
  Omit<
    CrawlOptions,
    'networks' | 'beforeCommit' | 'signal' | 'onProgress' | 'resize' | 'since' | 'earlierCrawls' | 'forgottenIn' | 'sharedHosts'
  >
> {
  sources: readonly (SourceConfig & { maxPages: number })[];
  perHost: HostLimits;
  limits: FetchLimits;
  coverage: Required<CoverageOptions>;
  resize: ResizeOptions | null;
  since: string | null;
  earlierCrawls: EarlierCrawls | undefined;
  forgottenIn: readonly string[];
  /** Our name in robots.txt: the user agent without its version. */
  product: string;
  sharedHosts: SharedHosts | undefined;
  networks: KeptNetworks | undefined;
  beforeCommit: (() => Promise<void>) | undefined;
  signal: AbortSignal | undefined;
  onProgress: ((progress: CrawlProgress) => void) | undefined;
}

/** Of a JPEG. */
const MAX_SIDE = 16_383;
const DEFAULT_MAX_PAGES = 1_000;
/** All that a file has, in a number that JSON can hold. */
const MAX_FILE_PAGES = Number.MAX_SAFE_INTEGER;

/** @throws UserError CRAWL_OPTIONS naming the source or the option */
export function checkCrawlOptions(given: CrawlOptions): FilledOptions {
  const options = checkFetchOptions(given);
  if (given.sources.length === 0) refuse('There are no sources; name at least one with its seeds.');
  const names = new Set<string>();
  for (const source of given.sources) {
    if (names.has(source.name)) refuse(`Two sources are named "${source.name}"; give each its own name.`);
    names.add(source.name);
    checkSource(source);
  }
  return options;
}

/** Checks all but the sources. @throws UserError CRAWL_OPTIONS naming the option */
export function checkFetchOptions(given: CrawlOptions): FilledOptions {
  const { concurrency = 32, maxPageBytes = 8 * 2 ** 20, maxImageBytes = 20 * 2 ** 20, maxShardRows = 1_000 } = given;
  const { bytesPerSecond = Infinity, maxPixels = 100_000_000, maxPagesPerHost = Infinity } = given;
  const { contact, userAgent = 'wenlan/0.1', connectTo = {}, allowAddresses = [], signal, onProgress, sharedHosts } = given;
  const perHost = { requestsPerSecond: 2, concurrency: 2, ...given.perHost };
  const limits = { ...DEFAULT_FETCH_LIMITS, ...given.limits };
  if (contact.trim() === '') refuse('The contact is empty; give a mail address or a page by which a site can reach you.');
  if (/[^\x20-\x7E]/.test(contact))
    refuse(`The contact "${contact}" has characters that a header can't carry; write it in ASCII.`);
  if (!/\S@\S|^https?:\/\/\S/i.test(contact))
    refuse(`Nobody can be reached by the contact "${contact}"; give a mail address or the https URL of a page.`);
  if (!/^[\w.-]+(?:\/[\w.-]+)?$/.test(userAgent)) {
    refuse(`The user agent "${userAgent}" is no product with a version; write it as wenlan/0.1.`);
  }
  const counts = { concurrency, maxPageBytes, maxImageBytes, maxShardRows, 'perHost.concurrency': perHost.concurrency };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 1) refuse(`${name} is ${count}; give a whole number of at least 1.`);
  }
  if (!(perHost.requestsPerSecond > 0)) {
    refuse(`perHost.requestsPerSecond is ${perHost.requestsPerSecond}; give a number above 0.`);
  }
  for (const [name, limit] of Object.entries({ bytesPerSecond, maxPixels, maxPagesPerHost })) {
    if (!(limit >= 1)) refuse(`${name} is ${limit}; give a number of at least 1.`);
  }
  const sources = given.sources.map((source) => ({
    maxPages: isOfFiles(source) ? MAX_FILE_PAGES : DEFAULT_MAX_PAGES,
    ...source,
  }));
  const product = userAgent.replace(/\/.*$/, '');
  const filled = {
    userAgent,
    connectTo,
    allowAddresses,
    concurrency,
    perHost,
    limits,
    maxPageBytes,
    maxImageBytes,
    bytesPerSecond,
    maxPixels,
    maxPagesPerHost,
    maxShardRows,
  };
  const coverage = { ...DEFAULT_COVERAGE, ...given.coverage };
  for (const [concept, cap] of Object.entries({ ...coverage.caps, plentiful: coverage.plentiful })) {
    if (!(cap >= 1)) refuse(`coverage of ${JSON.stringify(concept)} is ${cap}; give a number of at least 1.`);
  }
  const resize = given.resize === undefined ? null : checkResize({ ...DEFAULT_RESIZE, ...given.resize });
  const { since = null, earlierCrawls, forgottenIn = [], networks, beforeCommit } = given;
  return {
    ...given,
    ...filled,
    coverage,
    resize,
    since,
    earlierCrawls,
    forgottenIn,
    sources,
    product,
    networks,
    beforeCommit,
    signal,
    onProgress,
    sharedHosts,
  };
}

function checkResize(resize: ResizeOptions): ResizeOptions {
  const { mode, size, format, quality } = resize;
  if (!RESIZE_MODES.includes(mode)) refuse(`resize.mode is ${JSON.stringify(mode)}; use ${RESIZE_MODES.join(', ')}.`);
  if (!RESIZE_FORMATS.includes(format)) refuse(`resize.format is ${JSON.stringify(format)}; use ${RESIZE_FORMATS.join(', ')}.`);
  if (!Number.isSafeInteger(size) || size < 1 || size > MAX_SIDE)
    refuse(`resize.size is ${size}; give a whole number of pixels from 1 to ${MAX_SIDE}.`);
  if (!Number.isSafeInteger(quality) || quality < 1 || quality > 100)
    refuse(`resize.quality is ${quality}; give a whole number from 1 to 100.`);
  return resize;
}

function isOfFiles({ kind, adapter }: SourceConfig): boolean {
  if (adapter !== undefined) return isFileSource(adapter);
  return Object.hasOwn(BUILT_IN_ADAPTERS, kind) && isFileSource(BUILT_IN_ADAPTERS[kind]);
}

function checkSource(source: SourceConfig): void {
  const { name, kind, seeds, maxPages = 1, maxDepth = 0, weight = 1, columns, adapter } = source;
  if (adapter === undefined && !Object.hasOwn(BUILT_IN_ADAPTERS, kind)) {
    refuse(
      `The source "${name}" is of the kind ${JSON.stringify(kind)}; use ${Object.keys(BUILT_IN_ADAPTERS).join(', ')}, or give an adapter.`,
    );
  }
  if (seeds.length === 0) refuse(`The source "${name}" has no seeds; name at least one ${isOfFiles(source) ? 'path' : 'URL'}.`);
  if (columns !== undefined && kind !== 'list' && kind !== 'local')
    refuse(`The source "${name}" is of the kind ${kind}, which has no columns; remove them, or make it a list.`);
  for (const seed of isOfFiles(source) ? [] : seeds) {
    if (!/^https?:\/\//i.test(seed) || !URL.canParse(seed)) {
      refuse(
        `The seed ${JSON.stringify(seed)} of the source "${name}" is no http or https URL; write it whole, such as https://www.example.cn/.`,
      );
    }
  }
  if (!Number.isSafeInteger(maxPages) || maxPages < 1)
    refuse(`maxPages of the source "${name}" is ${maxPages}; give a whole number of at least 1.`);
  if (!Number.isSafeInteger(maxDepth) || maxDepth < 0)
    refuse(`maxDepth of the source "${name}" is ${maxDepth}; give a whole number of at least 0.`);
  if (!(weight > 0 && weight < Infinity)) refuse(`weight of the source "${name}" is ${weight}; give a number above 0.`);
}

function refuse(sentence: string): never {
  throw new UserError('CRAWL_OPTIONS', sentence);
}
