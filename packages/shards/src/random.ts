import { createHash } from 'node:crypto';

/** A stream of numbers that depends on nothing but its seed. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
}

/** sfc32 of PractRand (Chris Doty-Humphrey), seeded with the SHA-256 of the parts. */
export function seededRandom(...parts: (string | number)[]): Random {
  const digest = createHash('sha256').update(parts.join('\n')).digest();
  let [a, b, c, counter] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
  const uniform = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    below: (bound) => Math.floor(uniform() * bound),
  };
}

/** A permutation of 0 … length − 1 (Fisher–Yates). */
export function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
  return order;
}
