import { z } from 'zod';
import { levelsOf } from '../image/raster-kernels.ts';
import type { ImageRule } from '../rule.ts';

export interface EntropyOptions {
  min: number;
}

/**
 * Drops blank pictures: Shannon entropy, in bits, of the histogram of 256 grey levels. One colour has 0, two halves of
 * different colours 1, photographs 5 and more.
 */
export const entropy: ImageRule<EntropyOptions> = {
  name: 'entropy',
  unit: 'image',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0).max(8) }),
  measure: (picture): Record<string, number> =>
    picture === null ? {} : { entropy: entropyOf(levelsOf(picture.raster).histogram, picture.raster) },
  keep: (scores, { min }) => (scores['entropy'] ?? 0) >= min,
};

function entropyOf(histogram: Uint32Array, { width, height }: { width: number; height: number }): number {
  const total = width * height;
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
