import type { CrawlOptions } from '../crawl-options.ts';
import { AddressPolicy } from '../network/address-policy.ts';
import { createAgent } from '../network/agent.ts';
import { CachingLookup } from '../network/caching-lookup.ts';
import { ConnectTo } from '../network/connect-to.ts';
import { HostLimiter } from '../network/host-limiter.ts';
import type { HostLimits } from '../network/host-limiter.ts';
import { Fetcher } from './fetcher.ts';
import type { FetchTrouble } from './fetcher.ts';
import { DEFAULT_FETCH_LIMITS } from './fetch-limits.ts';

const DEFAULT_CONCURRENCY = 32;
const DEFAULT_HOST_LIMITS: HostLimits = { requestsPerSecond: 2, concurrency: 2 };
/** A shorter wait isn't worth a line. */
const NOTEWORTHY_WAIT_MILLIS = 5_000;

export type FetcherSettings = Pick<
  CrawlOptions,
  'allowAddresses' | 'connectTo' | 'concurrency' | 'perHost' | 'limits' | 'seed' | 'onProgress'
> & { userAgent: string };

/** Puts together what a crawl fetches with. @throws UserError CONNECT_TO_INVALID, ALLOW_ADDRESS_INVALID */
export function createFetcher(settings: FetcherSettings): Fetcher {
  const { connectTo = {}, concurrency = DEFAULT_CONCURRENCY, seed, userAgent, onProgress } = settings;
  const limits = { ...DEFAULT_FETCH_LIMITS, ...settings.limits };
  const perHost = { ...DEFAULT_HOST_LIMITS, ...settings.perHost };
  const policy = new AddressPolicy(settings.allowAddresses ?? []);
  const note = (sentence: string): void => onProgress?.({ type: 'note', sentence });
  const lookup = new CachingLookup({
    policy,
    onOverload: (host) => note(`The resolver can't keep up (asked for ${host}); names are asked for one by one for a while.`),
  });
  const dispatcher = createAgent({
    policy,
    lookup,
    connectTo: new ConnectTo(connectTo),
    connectTimeoutMillis: limits.connectTimeoutMillis,
    connectionsPerOrigin: perHost.concurrency,
  });
  return new Fetcher({
    dispatcher,
    limiter: new HostLimiter(perHost),
    limits,
    concurrency,
    userAgent,
    seed,
    onTrouble: (trouble) => {
      if (trouble.waitMillis >= NOTEWORTHY_WAIT_MILLIS) note(sentenceOf(trouble));
    },
  });
}

function sentenceOf({ type, url, detail, waitMillis }: FetchTrouble): string {
  const seconds = Math.round(waitMillis / 1000);
  return type === 'pause'
    ? `${new URL(url).host} asks to wait ${seconds} s (${detail}).`
    : `${url} is tried again in ${seconds} s (${detail}).`;
}
