import { UserError } from '@wenlan/shards';
import type { FetchLimits } from './fetch/fetch-limits.ts';
import type { HostLimits } from './network/host-limiter.ts';
import type { SourceConfig } from './sources/source-adapter.ts';

/** What a crawl tells while it runs. */
export type CrawlProgress =
  /** A page is finished. `pagesQueued` are those known of and still to come, `rows` the candidates so far. */
  | { type: 'page'; source: string; url: string; outcome: string; pagesDone: number; pagesQueued: number; rows: number }
  | { type: 'note'; sentence: string };

export interface CrawlOptions {
  /** Where the raw dataset is written, or gone on with. */
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
  limits?: Partial<FetchLimits>;
  /** 8 MiB by default. */
  maxPageBytes?: number;
  /** 20 MiB by default. */
  maxImageBytes?: number;
  /** A shard ends with the page that reaches this many rows; a thousand by default. */
  maxShardRows?: number;
  /** Milliseconds since 1970, UTC, for `fetchedAt`. */
  clock: () => number;
  seed: number;
  /** Once aborted, the crawl ends; what isn't committed is fetched again by the next call. */
  signal?: AbortSignal;
  onProgress?: (progress: CrawlProgress) => void;
}

/** @throws UserError CRAWL_OPTIONS naming the source or the option */
export function checkCrawlOptions({ sources, contact, userAgent }: CrawlOptions): void {
  const refuse = (sentence: string): never => {
    throw new UserError('CRAWL_OPTIONS', sentence);
  };
  if (contact.trim() === '') refuse('The contact is empty; give a mail address or a page by which a site can reach you.');
  if (/[^\x20-\x7E]/.test(contact))
    refuse(`The contact "${contact}" has characters that a header can't carry; write it in ASCII.`);
  if (userAgent !== undefined && !/^[\w.-]+(?:\/[\w.-]+)?$/.test(userAgent)) {
    refuse(`The user agent "${userAgent}" is no product with a version; write it as wenlan/0.1.`);
  }
  if (sources.length === 0) refuse('There are no sources; name at least one with its seeds.');
  const names = new Set<string>();
  for (const { name, seeds } of sources) {
    if (names.has(name)) refuse(`Two sources are named "${name}"; give each its own name.`);
    names.add(name);
    if (seeds.length === 0) refuse(`The source "${name}" has no seeds; name at least one URL.`);
    for (const seed of seeds) {
      if (!/^https?:\/\//i.test(seed) || !URL.canParse(seed)) {
        refuse(`The seed ${JSON.stringify(seed)} of the source "${name}" is no http or https URL; correct it.`);
      }
    }
  }
}
