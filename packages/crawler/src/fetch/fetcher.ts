import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_ROBOTS_BYTES, RobotsCache } from '../consent/robots-cache.ts';
import type { RobotsAnswer, RobotsVerdict } from '../consent/robots-cache.ts';
import { bareHostname } from '../network/connect-to.ts';
import { HostDownError } from '../network/host-limiter.ts';
import type { HostLimits } from '../network/host-state.ts';
import type { SharedHosts } from '../network/shared-hosts.ts';
import type { HostLimiter } from '../network/host-limiter.ts';
import { download } from './download.ts';
import { failureOf, FetchFailure, mayPass } from './failure.ts';
import type { FailureOutcome } from './failure.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { conditionalHeaders } from '../refresh/validator.ts';
import type { Validator } from '../refresh/validator.ts';
import { firstHeader } from './first-header.ts';
import type { CrawlNetwork } from './kept-networks.ts';
import type { BodyLimit, PictureLimit, Response, ResponseHeaders } from './request-once.ts';
import type { PictureFacts } from '../picture/read-picture.ts';
import { retryAfterMillis, retryDelayMillis } from './retry-delay.ts';

export interface FetchRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Of what is known: asks for the response only if it has changed since. */
  validator?: Validator | null;
  maxBytes: number;
  /** Place in the crawl's order: what is wanted earlier has the lower number and goes first. */
  order: number;
  /** That it is to be a picture. */
  picture?: PictureLimit;
}

export interface Fetched {
  outcome: 'ok';
  /** After redirects. */
  url: URL;
  status: number;
  headers: ResponseHeaders;
  body: Buffer;
  /** Of what was asked for as a picture. */
  picture: PictureFacts | null;
  robots: 'allow';
}

/** What was asked for with a validator is what it was. */
export interface NotModified {
  outcome: 'not-modified';
  url: URL;
  headers: ResponseHeaders;
  robots: 'allow';
}

export interface NotFetched {
  outcome: FailureOutcome;
  /** Where it failed, after redirects. */
  url: URL;
  /** For people. */
  detail: string;
  /** Null where robots.txt wasn't to be had. */
  robots: 'allow' | 'disallow' | null;
  /** Of the last response; empty if there was none. */
  headers: ResponseHeaders;
}

export type FetchResult = Fetched | NotModified | NotFetched;

export interface FetcherOptions {
  network: CrawlNetwork;
  limiter: HostLimiter;
  limits: FetchLimits;
  perHost: HostLimits;
  sharedHosts: SharedHosts | undefined;
  userAgent: string;
  /** Of the jitter. */
  seed: number;
  /** A host asked to be left alone for a while. */
  onPause?: (host: string, reason: string, waitMillis: number) => void;
}

/** The statuses that redirect a GET (RFC 9110 section 15.4). */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Statuses that may be another one a little later, beside 429. */
const PASSING = new Set([408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
/** What Weibo and others answer to a visitor who has asked too much; asking on makes it worse. */
const BLOCKING = new Set([418, 432]);
const ACCEPT_LANGUAGE = 'zh-CN,zh;q=0.9,en;q=0.5';
/** RFC 9309 section 2.3.1.2. */
const MAX_ROBOTS_REDIRECTS = 5;

/**
 * Fetches what robots.txt allows, at the pace that each host bears, as often as it takes, following redirects. Never throws for
 * what a server does.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #robots: RobotsCache;
  readonly #closing = new AbortController();

  constructor(options: FetcherOptions) {
    this.#options = options;
    const product = options.userAgent.replace(/[/\s].*$/s, '');
    const shared = options.sharedHosts;
    this.#robots = new RobotsCache({ product, fetch: (url, order) => this.#fetchRobots(url, order), ...(shared && { shared }) });
  }

  async fetch(request: FetchRequest): Promise<FetchResult> {
    let { url } = request;
    let robots: NotFetched['robots'] = null;
    const { maxBytes, picture } = request;
    const bodyLimit: BodyLimit = { maxBytes, excess: 'refuse', ...(picture !== undefined && { picture }) };
    try {
      const visited = new Set<string>();
      for (;;) {
        const verdict = await this.robots(url, request.order);
        if (!verdict.allowed) {
          const { outcome, detail } = verdict;
          return { outcome, url, detail, robots: outcome === 'robots' ? 'disallow' : null, headers: {} };
        }
        robots = 'allow';
        const response = await this.#attempt(url, request, bodyLimit);
        const target = redirectTarget(response, url, visited, this.#options.limits.maxRedirects);
        if (target === null) return finished(url, response, (request.validator ?? null) !== null);
        url = target;
      }
    } catch (error) {
      const { outcome, message } = failureOf(error);
      return { outcome, url, detail: message, robots, headers: {} };
    }
  }

  /** What the site's robots.txt says of a URL. */
  async robots(url: URL, order: number): Promise<RobotsVerdict> {
    const verdict = await this.#robots.verdict(url, order);
    if (verdict.crawlDelaySeconds !== undefined)
      this.#options.limiter.setCrawlDelay(bareHostname(url), verdict.crawlDelaySeconds);
    return verdict;
  }

  /** Streams a file that is too large for {@link fetch}. @throws UserError DOWNLOAD_FAILED */
  download(url: URL): AsyncGenerator<Uint8Array, void, undefined> {
    const { network, limits, userAgent, seed } = this.#options;
    const { dispatcher } = network;
    const forbids = async (asked: URL): Promise<string | null> => {
      const { allowed, detail } = await this.robots(asked, 0);
      return allowed ? null : detail;
    };
    return download(url, { dispatcher, limits, userAgent, seed, forbids });
  }

  /** Gives up everything under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#options.limiter.close();
    await this.#options.network.close();
  }

  async #fetchRobots(start: URL, order: number): Promise<RobotsAnswer> {
    let url = start;
    try {
      const visited = new Set<string>();
      for (;;) {
        const request = { url, headers: { accept: 'text/plain,*/*;q=0.5' }, maxBytes: MAX_ROBOTS_BYTES, order };
        const response = await this.#attempt(url, request, { maxBytes: MAX_ROBOTS_BYTES, excess: 'cut' });
        const target = redirectTarget(response, url, visited, MAX_ROBOTS_REDIRECTS);
        if (target === null) return response;
        url = target;
      }
    } catch (error) {
      return failureOf(error);
    }
  }

  /**
   * One URL, as many times as it takes. @throws FetchFailure
   */
  async #attempt(url: URL, request: FetchRequest, bodyLimit: BodyLimit): Promise<Response> {
    const { limiter, limits, seed } = this.#options;
    const host = bareHostname(url);
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt >= limits.retries || limiter.isFailing(host);
      let failure: FetchFailure;
      let waitMillis: number | undefined;
      try {
        const response = await this.#send(url, host, request, bodyLimit);
        const { status, headers } = response;
        if (status !== 429 && !PASSING.has(status)) {
          limiter.answered(host, response.firstByteMillis);
          if (status >= 500) throw new FetchFailure('http-5xx', `status ${status}`);
          return response;
        }
        const isThrottled = status === 429 || status === 503;
        if (isThrottled) limiter.throttled(host);
        else limiter.answered(host);
        failure = new FetchFailure(status === 429 ? 'rate-limited' : status < 500 ? 'timeout' : 'http-5xx', `status ${status}`);
        const asked = retryAfterMillis(firstHeader(headers, 'retry-after'), firstHeader(headers, 'date'), Date.now());
        if (asked !== undefined && isThrottled) {
          if (asked > limits.maxRetryAfterMillis) throw failure;
          waitMillis = Math.max(retryDelayMillis(seed, url.href, attempt, limits.retryBaseMillis), asked);
          limiter.pause(host, waitMillis);
          this.#options.onPause?.(host, failure.message, waitMillis);
        }
      } catch (error) {
        if (error instanceof HostDownError) throw downFailure(error);
        failure = failureOf(error);
        if (failure.outcome === 'tcp' || failure.outcome === 'timeout') limiter.failed(host, failure);
        if (!mayPass(failure)) throw failure;
      }
      if (isLast || this.#closing.signal.aborted) throw failure;
      waitMillis ??= retryDelayMillis(seed, url.href, attempt, limits.retryBaseMillis);
      await sleep(waitMillis, undefined, { signal: this.#closing.signal });
    }
  }

  async #send(url: URL, host: string, request: FetchRequest, bodyLimit: BodyLimit): Promise<Response> {
    const { network, limiter, userAgent, perHost, sharedHosts } = this.#options;
    const release = await limiter.acquire(host, request.order);
    const leave = await sharedHosts?.acquire(host, perHost).catch((error: unknown) => {
      release();
      throw error;
    });
    const headers = {
      'user-agent': userAgent,
      'accept-language': ACCEPT_LANGUAGE,
      'accept-encoding': bodyLimit.excess === 'cut' ? 'identity' : 'gzip, deflate, br',
      ...request.headers,
      ...(request.validator ? conditionalHeaders(request.validator) : {}),
    };
    try {
      return await network.request({ origin: url.origin, path: url.pathname + url.search, headers, limit: bodyLimit });
    } finally {
      leave?.();
      release();
    }
  }
}

/** The outcome of a URL whose host is down is that of the last URL that was asked for. */
function downFailure(error: HostDownError): FetchFailure {
  const { reason, message } = error;
  const { outcome, message: detail } = reason as FetchFailure;
  return new FetchFailure(outcome, `${message} (${detail})`, { cause: error });
}

function finished(url: URL, response: Response, isConditional: boolean): FetchResult {
  const { status, headers, body, refusal, picture } = response;
  if (refusal !== null) return { outcome: refusal.outcome, url, detail: refusal.message, robots: 'allow', headers };
  if (status >= 200 && status < 300) return { outcome: 'ok', url, status, headers, body, picture, robots: 'allow' };
  if (status === 304 && isConditional) return { outcome: 'not-modified', url, headers, robots: 'allow' };
  // Statuses of 1xx, and 304 otherwise, answer questions that were not asked; the server is at fault.
  const outcome = BLOCKING.has(status) ? 'rate-limited' : status >= 400 && status < 500 ? 'http-4xx' : 'http-5xx';
  return { outcome, url, detail: `status ${status}`, robots: 'allow', headers };
}

/** Where a response sends its reader; null if nowhere. @throws FetchFailure redirect-loop for one that leads nowhere */
function redirectTarget(response: Response, url: URL, visited: Set<string>, maxRedirects: number): URL | null {
  if (!REDIRECTS.has(response.status)) return null;
  const location = firstHeader(response.headers, 'location');
  visited.add(url.href);
  if (location === undefined || !URL.canParse(location, url.href)) {
    throw new FetchFailure('redirect-loop', `status ${response.status} without a valid Location`);
  }
  const target = new URL(location, url.href);
  target.hash = '';
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new FetchFailure('redirect-loop', `redirected to a ${target.protocol} address`);
  }
  if (visited.has(target.href)) throw new FetchFailure('redirect-loop', `redirected in a circle by ${target.href}`);
  if (visited.size > maxRedirects) throw new FetchFailure('redirect-loop', `more than ${maxRedirects} redirects`);
  return target;
}
