import { mix32 } from './shingles.ts';

/**
 * Bands and rows of the table: two texts become candidates with probability 1 − (1 − J^rows)^bands, which is 0.9999 at a
 * Jaccard similarity J of 0.8, 0.98 at 0.7 and 0.02 at 0.25 (Leskovec et al., "Mining of Massive Datasets", section 3.4).
 */
export const BANDS = 25;
const ROWS = 5;
const PERMUTATIONS = BANDS * ROWS;

/** Multiplier and summand of each permutation of the 32-bit numbers; fixed, so that equal texts meet in whatever run. */
const MULTIPLIERS = Int32Array.from({ length: PERMUTATIONS }, (_, index) => mix32(2 * index + 1) | 1);
const SUMMANDS = Int32Array.from({ length: PERMUTATIONS }, (_, index) => mix32(0x5bd1e995 + 2 * index));

const minima = new Int32Array(PERMUTATIONS);

/**
 * The keys of a set of shingles, one a band, as low and high halves: sets that share a key are candidates for being alike
 * (Broder, "On the resemblance and containment of documents", 1997).
 * @param keys [bands, 2], filled in
 */
export function minHashBands(shingles: Int32Array, keys: Uint32Array): void {
  minima.fill(0x7fff_ffff);
  for (let at = 0; at < shingles.length; at += 1) {
    const shingle = shingles[at]!;
    for (let index = 0; index < PERMUTATIONS; index += 1) {
      const value = (Math.imul(MULTIPLIERS[index]!, shingle) + SUMMANDS[index]!) | 0;
      if (value < minima[index]!) minima[index] = value;
    }
  }
  for (let band = 0; band < BANDS; band += 1) {
    let low = mix32(band + 1);
    let high = mix32(~band);
    for (let row = band * ROWS; row < (band + 1) * ROWS; row += 1) {
      low = mix32(low ^ minima[row]!);
      high = mix32(Math.imul(high, 0x9e3779b1) ^ minima[row]!);
    }
    keys[band * 2] = low;
    keys[band * 2 + 1] = high;
  }
}
