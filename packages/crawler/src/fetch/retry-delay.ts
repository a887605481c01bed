import { createHash } from 'node:crypto';

const MAX_BACKOFF_MILLIS = 30_000;

/**
 * Exponential backoff with equal jitter: between half of `base · 2^attempt` and all of it, the same for the same seed, URL and
 * attempt whatever else goes on.
 * @param attempt that failed, from 0
 * @returns milliseconds
 */
export function retryDelayMillis(seed: number, url: string, attempt: number, baseMillis: number): number {
  const full = Math.min(MAX_BACKOFF_MILLIS, baseMillis * 2 ** attempt);
  const word = createHash('sha256').update(`${seed}\n${url}\n${attempt}`).digest().readUInt32BE(0);
  return full * (0.5 + word / 2 ** 33);
}

/**
 * What a Retry-After header (RFC 9110 section 10.2.3) asks for: seconds, or a date.
 * @param date of the response, where it has one: servers' clocks go wrong, their differences don't
 * @returns milliseconds; undefined where there is none or nothing can be made of it
 */
export function retryAfterMillis(
  value: string | undefined,
  date: string | undefined,
  wallClockMillis: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  if (Number.isNaN(until)) return undefined;
  const now = date === undefined ? Number.NaN : Date.parse(date);
  return Math.max(0, until - (Number.isNaN(now) ? wallClockMillis : now));
}
