/** What bounds every single request; nothing that a server does can make it wait longer or hold more. */
export interface FetchLimits {
  /** Until the connection stands, TLS included. */
  connectTimeoutMillis: number;
  /** From the request to the end of the response's headers. */
  firstByteTimeoutMillis: number;
  /** Between two pieces of the body. */
  idleTimeoutMillis: number;
  /** Of one attempt from the connection to the last byte. */
  totalTimeoutMillis: number;
  maxRedirects: number;
  /** Of the bytes of a body with its codings undone to those that were sent. */
  maxDecompressionRatio: number;
  /** Attempts after the first; only for failures that may pass. */
  retries: number;
  /** Wait before the first retry; it doubles with each, and jitter takes off up to half of it. */
  retryBaseMillis: number;
  /** A server that asks for a longer wait than this (Retry-After) isn't asked again. */
  maxRetryAfterMillis: number;
}

export const DEFAULT_FETCH_LIMITS: FetchLimits = {
  connectTimeoutMillis: 10_000,
  firstByteTimeoutMillis: 20_000,
  idleTimeoutMillis: 15_000,
  totalTimeoutMillis: 120_000,
  maxRedirects: 5,
  maxDecompressionRatio: 200,
  retries: 3,
  retryBaseMillis: 500,
  maxRetryAfterMillis: 120_000,
};
