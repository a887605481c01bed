import type { Dispatcher } from 'undici';
import type { Bandwidth } from '../network/bandwidth.ts';
import { optOutReason, reservationOfHeaders } from '../consent/opt-out.ts';
import { readPicture } from '../picture/read-picture.ts';
import type { PictureFacts } from '../picture/read-picture.ts';
import { decompress } from './decompress.ts';
import { failureOf, FetchFailure } from './failure.ts';
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
  /** Of a body that was asked for as a picture. */
  picture: PictureFacts | null;
}

/** What is asked for as a picture is refused where its headers reserve it, and its header is read as soon as it is there. */
export interface PictureLimit {
  /** Our product token, which the headers may name. */
  product: string;
  maxPixels: number;
}

export interface BodyLimit {
  /** Both as sent and decompressed. */
  maxBytes: number;
  /** What becomes of a larger body: refused as a whole, or, for a robots.txt, cut. */
  excess: 'refuse' | 'cut';
  picture?: PictureLimit;
}

/** One request; it may be sent from another thread. */
export interface OneRequest {
  origin: string;
  /** With its query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  limit: BodyLimit;
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
export async function requestOnce({ dispatcher, bandwidth, limits }: RequestOnceOptions, asked: OneRequest): Promise<Response> {
  const { origin, path, headers, limit } = asked;
  try {
    const raw = await new Promise<RawResponse>((resolve, reject) => {
      const settle = (result: RawResponse | Error): void => (result instanceof Error ? reject(result) : resolve(result));
      const { totalTimeoutMillis } = limits;
      const reader = new ResponseReader({ limit, screen: screenOf(limit), totalTimeoutMillis, bandwidth, settle });
      dispatcher.dispatch(
        {
          origin,
          path,
          method: 'GET',
          headers,
          headersTimeout: limits.firstByteTimeoutMillis,
          bodyTimeout: limits.idleTimeoutMillis,
        },
        reader,
      );
    });
    const coding = raw.headers['content-encoding'];
    const { maxBytes } = limit;
    const body =
      coding === undefined || raw.body.length === 0
        ? raw.body
        : await decompress(raw.body, String(coding), { maxBytes, maxRatio: limits.maxDecompressionRatio });
    const isPicture = limit.picture !== undefined && raw.refusal === null && raw.status >= 200 && raw.status < 300;
    return { ...raw, body, picture: isPicture ? await readPicture(body, limit.picture!.maxPixels) : null };
  } catch (error) {
    throw failureOf(error);
  }
}

function screenOf({ picture }: BodyLimit): ((headers: ResponseHeaders) => FetchFailure | null) | null {
  if (picture === undefined) return null;
  return (headers) => {
    const reason = optOutReason(reservationOfHeaders(headers, picture.product));
    return reason === null ? null : new FetchFailure('opt-out', reason);
  };
}
