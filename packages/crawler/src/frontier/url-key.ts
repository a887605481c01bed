import { hash } from 'node:crypto';
import { canonicalUrl } from '@wenlan/shards';

const KEY_BYTES = 16;

/** A short key of a URL in its canonical form; 128 bits, so that two of a billion URLs share one with a chance of 10^-21. */
export function urlKey(url: string): string {
  return hash('sha256', canonicalUrl(url), 'buffer').subarray(0, KEY_BYTES).toString('base64url');
}
