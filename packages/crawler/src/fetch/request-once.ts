import type { Dispatcher } from 'undici';
import type { Bandwidth } from '../network/bandwidth.ts';
import { decompress } from './decompress.ts';
import { failureOf } from './failure.ts';
import type { FetchFailure } from './failure.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { ResponseReader } from './response-reader.ts';
import type { RawResponse } from './response-reader.ts';

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Response {
  status: number;
  headers: ResponseHeaders;
  /** With its content codings undone; empty where the status isn't 2xx or its headers were refused. */
  body: Buffer;
  /** What its headers gave as a reason not to read the body. */
  refusal: FetchFailure | null;
  /** From the request to the end of the response's headers. */
  firstByteMillis: number;
}

export interface BodyLimit {
  /** Both as sent and decompressed. */
  maxBytes: number;
  /** What becomes of a larger body: refused as a whole, or, for a robots.txt, cut. */
  excess: 'refuse' | 'cut';
  /** Looks at the headers of a 2xx response: a reason not to read its body, or null. */
  screen?: ((headers: ResponseHeaders) => FetchFailure | null) | undefined;
}

export interface RequestOnceOptions {
  dispatcher: Dispatcher;
  bandwidth: Bandwidth;
  limits: FetchLimits;
}

/**
 * Asks for a URL once and follows nothing.
 * @throws FetchFailure
 */
export async function requestOnce(
  { dispatcher, bandwidth, limits }: RequestOnceOptions,
  url: URL,
  headers: Readonly<Record<string, string>>,
  limit: BodyLimit,
): Promise<Response> {
  try {
    const response = await new Promise<RawResponse>((resolve, reject) => {
      const settle = (result: RawResponse | Error): void => (result instanceof Error ? reject(result) : resolve(result));
      const reader = new ResponseReader({ limit, totalTimeoutMillis: limits.totalTimeoutMillis, bandwidth, settle });
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'GET',
          headers,
          headersTimeout: limits.firstByteTimeoutMillis,
          bodyTimeout: limits.idleTimeoutMillis,
        },
        reader,
      );
    });
    const coding = response.headers['content-encoding'];
    if (coding === undefined || response.body.length === 0) return response;
    const { maxDecompressionRatio: maxRatio } = limits;
    return { ...response, body: await decompress(response.body, String(coding), { maxBytes: limit.maxBytes, maxRatio }) };
  } catch (error) {
    throw failureOf(error);
  }
}
