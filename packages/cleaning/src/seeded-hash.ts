import { createHash } from 'node:crypto';

/** First 64 bits of the SHA-256 of the parts: a key for grouping. */
export function key64(...parts: readonly (string | Uint8Array)[]): bigint {
  const hash = createHash('sha256');
  for (const [index, part] of parts.entries()) {
    if (index > 0) hash.update('\n');
    hash.update(part);
  }
  return hash.digest().readBigUInt64BE(0);
}

/** A number in 0 ≤ x < 1 that only the seed and the parts decide: a random choice that no order of work can change. */
export function seededUnit(seed: number, ...parts: readonly string[]): number {
  return Number(key64(String(seed), ...parts) >> 11n) / 2 ** 53;
}
