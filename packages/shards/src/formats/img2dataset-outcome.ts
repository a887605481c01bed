import type { Outcome } from '../pair.ts';

/** What img2dataset says of a failure, by the words of its `error_message` (its downloader.py and resizer.py, 1.47). */
const ERRORS: readonly (readonly [words: RegExp, outcome: Outcome])[] = [
  [/HTTP Error 429/i, 'rate-limited'],
  [/HTTP Error 4\d\d/i, 'http-4xx'],
  [/HTTP Error 5\d\d/i, 'http-5xx'],
  [/name or service|name resolution|getaddrinfo|nodename|no address/i, 'dns'],
  [/ssl|certificate|tls/i, 'tls'],
  [/timed? ?out/i, 'timeout'],
  [/redirect/i, 'redirect-loop'],
  [/use-?rights|x-robots|opt.?out/i, 'opt-out'],
  [/hash/i, 'hash-mismatch'],
  [/decod/i, 'decode'],
  [/connection|refused|reset|unreachable|closed/i, 'tcp'],
  [/size|aspect|small|large|resiz/i, 'filtered:img2dataset'],
];

/** The outcome that a row of img2dataset's own table states; null where it is no such row, or the picture was fetched. */
export function img2datasetOutcome(record: Readonly<Record<string, unknown>>): Outcome | null {
  const { status, error_message: message } = record;
  if (typeof status !== 'string' || !('error_message' in record) || status === 'success') return null;
  const words = typeof message === 'string' ? message : '';
  return ERRORS.find(([pattern]) => pattern.test(words))?.[1] ?? (status === 'failed_to_resize' ? 'decode' : 'tcp');
}
