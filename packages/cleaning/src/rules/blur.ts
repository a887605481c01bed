import { z } from 'zod';
import { greyOf } from '../image/grey.ts';
import type { ImageRule } from '../rule.ts';

export interface BlurOptions {
  min: number;
}

/**
 * Drops pictures out of focus: variance of the Laplacian of the grey picture, reduced to 128 pixels, in squares of grey levels
 * (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000). Sharp photographs have hundreds and more.
 */
export const blur: ImageRule<BlurOptions> = {
  name: 'blur',
  unit: 'image',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0) }),
  measure: (picture): Record<string, number> => (picture === null ? {} : { blur: laplacianVariance(picture.raster) }),
  keep: (scores, { min }) => (scores['blur'] ?? 0) >= min,
};

function laplacianVariance(raster: { width: number; height: number; pixels: Uint8Array }): number {
  const { width, height } = raster;
  const grey = greyOf(raster);
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const value = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += value;
      squares += value * value;
    }
    count += Math.max(0, width - 2);
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
