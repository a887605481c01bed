import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { FetchLimits } from './fetch-limits.ts';
import { failureOf, FetchFailure } from './failure.ts';

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Response {
  status: number;
  headers: ResponseHeaders;
  /** With its content codings undone; empty where the status isn't 2xx or its headers were refused. */
  body: Buffer;
  /** What its headers gave as a reason not to read the body. */
  refusal: FetchFailure | null;
}

/** A body that nobody wants is read this far, so that its connection can be used again. */
const MAX_DUMPED_BYTES = 16_384;

/** More codings than this in one Content-Encoding are a trap. */
const MAX_CODINGS = 3;

export interface BodyLimit {
  /** Both as sent and decompressed. */
  maxBytes: number;
  /** What becomes of a larger body: refused as a whole, or, for a robots.txt, cut. */
  excess: 'refuse' | 'cut';
  /** Looks at the headers of a 2xx response: a reason not to read its body, or null. */
  screen?: ((headers: ResponseHeaders) => FetchFailure | null) | undefined;
}

/**
 * Asks for a URL once and follows nothing.
 * @throws FetchFailure
 */
export async function requestOnce(
  dispatcher: Dispatcher,
  url: URL,
  requestHeaders: Readonly<Record<string, string>>,
  limits: FetchLimits,
  bodyLimit: BodyLimit,
): Promise<Response> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limits.totalTimeoutMillis);
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: requestHeaders,
      headersTimeout: limits.firstByteTimeoutMillis,
      bodyTimeout: limits.idleTimeoutMillis,
      signal: deadline.signal,
    });
    if (statusCode < 200 || statusCode >= 300) {
      await body.dump({ limit: MAX_DUMPED_BYTES, signal: deadline.signal }).catch(() => {});
      return { status: statusCode, headers, body: Buffer.alloc(0), refusal: null };
    }
    const refusal = bodyLimit.screen?.(headers) ?? null;
    if (refusal !== null) {
      discard(body);
      return { status: statusCode, headers, body: Buffer.alloc(0), refusal };
    }
    const bytes = await readBody(body, headers, bodyLimit);
    return { status: statusCode, headers, body: await decompress(bytes, headers, bodyLimit.maxBytes), refusal: null };
  } catch (error) {
    if (deadline.signal.aborted) {
      throw new FetchFailure('too-slow', `not complete after ${limits.totalTimeoutMillis} ms`, { cause: error });
    }
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {}).destroy();
}

async function readBody(body: Dispatcher.ResponseData['body'], headers: ResponseHeaders, limit: BodyLimit): Promise<Buffer> {
  const { maxBytes, excess } = limit;
  const announced = Number(headers['content-length']);
  if (announced > maxBytes && excess === 'refuse') {
    discard(body);
    throw new FetchFailure('too-big', `${announced} bytes are announced, and ${maxBytes} allowed`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    chunks.push(chunk);
    // Leaving the loop destroys the body and with it the connection.
    if (bytes > maxBytes && excess === 'cut') break;
    if (bytes > maxBytes) throw new FetchFailure('too-big', `more than the ${maxBytes} bytes allowed`);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, Math.min(bytes, maxBytes));
}

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function decompress(bytes: Buffer, headers: ResponseHeaders, maxBytes: number): Promise<Buffer> {
  const codings = String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new FetchFailure('decode', `it has ${codings.length} content codings`);
  let decoded = bytes;
  for (const coding of codings.reverse()) {
    const decoder = DECODERS[coding];
    if (decoder === undefined) throw new FetchFailure('decode', `its content coding ${coding} isn't known`);
    decoded = await undo(decoder, coding, decoded, maxBytes);
  }
  return decoded;
}

async function undo(
  decoder: NonNullable<(typeof DECODERS)[string]>,
  coding: string,
  bytes: Buffer,
  maxBytes: number,
): Promise<Buffer> {
  try {
    return await decoder(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new FetchFailure('too-big', `more than the ${maxBytes} bytes allowed once decompressed`, { cause: error });
    }
    throw new FetchFailure('decode', `it isn't ${coding}, as it says (${(error as Error).message})`, { cause: error });
  }
}
