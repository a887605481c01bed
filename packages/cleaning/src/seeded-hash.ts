import { hash } from 'node:crypto';

/** First 64 bits of a SHA-256: a key for grouping. */
export function key64(of: string | Uint8Array): bigint {
  return hash('sha256', of, 'buffer').readBigUInt64BE(0);
}

/** A number in 0 ≤ x < 1 that only the seed and the parts decide: a random choice that no order of work can change. */
export function seededUnit(seed: number, ...parts: readonly string[]): number {
  return Number(key64([seed, ...parts].join('\n')) >> 11n) / 2 ** 53;
}
