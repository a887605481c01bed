import { z } from 'zod';
import type { Raster } from '../image/picture.ts';
import { laplacianSums } from '../image/raster-kernels.ts';
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

function laplacianVariance(raster: Raster): number {
  const { sum, squares } = laplacianSums(raster);
  const count = Math.max(0, raster.width - 2) * Math.max(0, raster.height - 2);
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
