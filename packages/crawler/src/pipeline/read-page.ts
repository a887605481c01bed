import {
  combine,
  forbidsFollowing,
  NOTHING_SAID,
  optOutReason,
  reservationOfHeaders,
  reservationOfMetas,
} from '../consent/opt-out.ts';
import type { Reservation } from '../consent/opt-out.ts';
import type { Fetched, Fetcher, FetchResult } from '../fetch/fetcher.ts';
import type { QueuedPage } from '../frontier/frontier-state.ts';
import { validatorOf } from '../refresh/validator.ts';
import type { Validator } from '../refresh/validator.ts';
import { Page } from '../sources/page.ts';
import type { Candidate, PageRequest, SourceAdapter } from '../sources/source-adapter.ts';
import type { Outcome } from '@wenlan/shards';

/** A picture that is to have a row. */
export interface PageCandidate extends Omit<Candidate, 'imageUrl' | 'pageUrl'> {
  /** Null for a picture of this machine that has none. */
  imageUrl: string | null;
  /** Null for rows of lists that name none. */
  pageUrl: string | null;
  /** Where it stands in a file; it tells apart rows of the same picture and page, and names those without a URL. */
  place?: string;
  /** Gets the bytes of a picture that needn't be fetched. @throws ImageRefused */
  bytes?: () => Promise<Uint8Array>;
  /** What became of a picture that is neither read nor fetched. */
  outcome?: Outcome;
}

/** What came of a page. */
export interface ReadPage {
  /** `ok`, the outcome of the request, or `unreadable` where the adapter could make nothing of it. */
  outcome: string;
  /** For people; null for `ok`. */
  detail: string | null;
  /** After redirects. */
  url: string;
  /** Each with the page it belongs to. */
  candidates: PageCandidate[];
  links: PageRequest[];
  reservation: Reservation;
  /** Why its pictures may not be taken; null if they may. */
  optOut: string | null;
  /** Requests that it took. */
  requests: number;
  /** By which the next crawl asks whether it has changed; null where it can't be asked. */
  validator: Validator | null;
  /** Of the site's robots.txt; 0 where it asks for none. */
  crawlDelaySeconds: number;
}

export interface PageReaderOptions {
  fetcher: Fetcher;
  maxBytes: number;
  product: string;
  /** What an earlier crawl read there; null for nothing that can be asked for. */
  earlier: (url: string) => { validator: Validator; page: ReadPage } | null;
}

const ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5';

/** Fetches a page and takes from it what its source wants. Never throws for what a server or a page does. */
export async function readPage(
  adapter: SourceAdapter,
  request: QueuedPage,
  order: number,
  { fetcher, maxBytes, product, earlier }: PageReaderOptions,
): Promise<ReadPage> {
  let requests = 0;
  const get = (wanted: PageRequest, validator: Validator | null = null): Promise<FetchResult> => {
    requests += 1;
    const headers = { accept: ACCEPT, ...wanted.headers };
    return fetcher.fetch({ url: new URL(wanted.url), headers, maxBytes, order, validator });
  };
  const pageOf = async (wanted: PageRequest, { url, headers, body }: Fetched): Promise<Page> => {
    const { sitemaps } = await fetcher.robots(url, order);
    return new Page({ request: wanted, url: url.href, headers, body, sitemaps, fetch: fetchMore });
  };
  const fetchMore = async (wanted: PageRequest): Promise<Page | null> => {
    if (!URL.canParse(wanted.url)) return null;
    const result = await get(wanted);
    return result.outcome === 'ok' ? pageOf(wanted, result) : null;
  };

  const known = earlier(request.url);
  const result = await get(request, known?.validator);
  if (result.outcome === 'not-modified') return { ...known!.page, validator: known!.validator };
  const nothing = { candidates: [], links: [], reservation: NOTHING_SAID, optOut: null };
  const failed = { ...nothing, validator: null, crawlDelaySeconds: 0 };
  if (result.outcome !== 'ok') {
    return { ...failed, outcome: result.outcome, detail: result.detail, url: result.url.href, requests };
  }
  try {
    const extracted = await extractPage(adapter, await pageOf(request, result), product);
    // What was put together of several pages may have changed in any of them.
    const validator = requests === 1 ? validatorOf(result.headers) : null;
    return {
      ...extracted,
      validator,
      requests,
      crawlDelaySeconds: (await fetcher.robots(result.url, order)).crawlDelaySeconds ?? 0,
    };
  } catch (error) {
    return { ...failed, outcome: 'unreadable', detail: (error as Error).message, url: result.url.href, requests };
  }
}

/** What an adapter takes from a page that is there. @throws Error what the adapter throws, and where it gives no URLs */
export async function extractPage(
  adapter: Pick<SourceAdapter, 'extract'>,
  page: Page,
  product: string,
): Promise<Omit<ReadPage, 'requests' | 'crawlDelaySeconds' | 'validator'>> {
  const { candidates, links } = await adapter.extract(page);
  const said = page.format === 'html' ? reservationOfMetas(page.html.metadata.metas, product) : NOTHING_SAID;
  const reservation = combine(reservationOfHeaders(page.headers, product), said);
  return {
    outcome: 'ok',
    detail: null,
    url: page.url,
    candidates: candidates.map((candidate) => checked({ ...candidate, pageUrl: candidate.pageUrl ?? page.url })),
    links: forbidsFollowing(reservation) ? [] : links.filter(({ url }) => isHttp(url)),
    reservation,
    optOut: optOutReason(reservation),
  };
}

/** An adapter's mistake costs its page. */
function checked(candidate: Candidate & { pageUrl: string }): Candidate & { pageUrl: string } {
  for (const url of [candidate.imageUrl, candidate.pageUrl]) {
    if (!isHttp(url)) throw new Error(`its adapter gave ${JSON.stringify(url)}, which is no http or https URL`);
  }
  return candidate;
}

export const isHttp = (url: string): boolean => /^https?:/i.test(url) && URL.canParse(url);
