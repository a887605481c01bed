import { createHash } from 'node:crypto';

/** A set of JavaScript holds no more than 2^24 values. */
const SETS = 64;

/**
 * Remembers ids in some 30 bytes each: by 54 bits of a hash. Of ten million, one run in 300 would find one that it takes
 * for another; whoever asks has to stand that.
 */
export class SeenIds {
  readonly #sets: Set<number>[] = Array.from({ length: SETS }, () => new Set());

  /** Whether the id is new. */
  add(id: string): boolean {
    const digest = createHash('sha256').update(id).digest();
    const set = this.#sets[digest[0]! % SETS]!;
    const bits = digest.readUIntBE(1, 6);
    if (set.has(bits)) return false;
    set.add(bits);
    return true;
  }
}
