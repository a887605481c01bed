import { hash } from 'node:crypto';
import { canonicalUrl } from '@wenlan/shards';

const KEY_BYTES = 16;

/** A short key of a URL in its canonical form; 128 bits, so that two of a billion URLs share one with a chance of 10^-21. */
export function urlKey(url: string): string {
  // By way of a string, since a buffer for each would be memory of its own for the collector.
  const digest = hash('sha256', canonicalUrl(url), 'binary');
  return Buffer.from(digest.slice(0, KEY_BYTES), 'latin1').toString('base64url');
}
