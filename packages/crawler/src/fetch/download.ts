import { UserError } from '@wenlan/shards';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { failureOf, mayPass } from './failure.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { retryDelayMillis } from './retry-delay.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DownloadOptions {
  dispatcher: Dispatcher;
  limits: FetchLimits;
  userAgent: string;
  seed: number;
  /** Says whether robots.txt allows a URL: null, or why not. */
  forbids: (url: URL) => Promise<string | null>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Streams a file of any size, such as an archive of the web. A connection that breaks is taken up where it broke (Range,
 * RFC 9110 section 14). There is no total deadline, only one between two pieces.
 * @throws UserError DOWNLOAD_FAILED
 */
export async function* download(start: URL, options: DownloadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { limits, seed } = options;
  const url = await settled(start, options);
  let received = 0;
  for (let attempt = 0; ;) {
    try {
      for await (const chunk of piece(url, received, options)) {
        received += chunk.length;
        attempt = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const failure = failureOf(error);
      if (!mayPass(failure) || attempt >= limits.retries) throw failed(start, failure.message);
      await sleep(retryDelayMillis(seed, url.href, attempt, limits.retryBaseMillis));
      attempt += 1;
    }
  }
}

/** Where redirects lead. */
async function settled(start: URL, options: DownloadOptions): Promise<URL> {
  let url = start;
  for (let redirects = 0; redirects <= options.limits.maxRedirects; redirects += 1) {
    const reason = await options.forbids(url);
    if (reason !== null) throw failed(start, reason);
    const { statusCode, headers, body } = await ask(url, 'HEAD', {}, options).catch((error: unknown) => {
      throw failed(start, failureOf(error).message);
    });
    await body.dump();
    const location = headers['location'];
    if (!REDIRECTS.has(statusCode) || typeof location !== 'string' || !URL.canParse(location, url.href)) return url;
    url = new URL(location, url.href);
  }
  throw failed(start, `more than ${options.limits.maxRedirects} redirects`);
}

async function* piece(url: URL, from: number, options: DownloadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const range: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
  const { statusCode, body } = await ask(url, 'GET', range, options);
  if (statusCode !== (from === 0 ? 200 : 206)) {
    await body.dump();
    if (statusCode === 429 || statusCode >= 500)
      throw Object.assign(new Error(`status ${statusCode}`), { code: 'UND_ERR_SOCKET' });
    throw failed(url, from === 0 ? `status ${statusCode}` : `status ${statusCode} to a request for the rest`);
  }
  for await (const chunk of body) yield chunk as Uint8Array;
}

function ask(
  url: URL,
  method: 'GET' | 'HEAD',
  headers: Record<string, string>,
  { dispatcher, limits, userAgent }: DownloadOptions,
): Promise<Dispatcher.ResponseData> {
  return request(url, {
    dispatcher,
    method,
    headers: { 'user-agent': userAgent, 'accept-encoding': 'identity', ...headers },
    headersTimeout: limits.firstByteTimeoutMillis,
    bodyTimeout: limits.idleTimeoutMillis,
  });
}

const failed = (url: URL, why: string): UserError =>
  new UserError(
    'DOWNLOAD_FAILED',
    `${url.href} can't be downloaded (${why}); check the address, or fetch the file yourself and name its path.`,
  );
