import { z } from 'zod';
import { luma } from '../image/perceptual-hash.ts';
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
  options: z.strictObject({ min: z.number().min(0).max(8) }),
  measure: (picture): Record<string, number> => (picture === null ? {} : { entropy: greyEntropy(picture.raster.pixels) }),
  keep: (scores, { min }) => (scores['entropy'] ?? 0) >= min,
};

/** @param pixels RGB, [height, width, 3] */
function greyEntropy(pixels: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (let offset = 0; offset < pixels.length; offset += 3) histogram[Math.round(luma(pixels, offset))]! += 1;
  const total = pixels.length / 3;
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
