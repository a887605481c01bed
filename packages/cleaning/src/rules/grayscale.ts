import { z } from 'zod';
import type { Raster } from '../image/picture.ts';
import { levelsOf } from '../image/raster-kernels.ts';
import type { ImageRule } from '../rule.ts';

export interface GrayscaleOptions {
  min: number;
}

/**
 * Drops pictures without colour: mean difference of the highest and the lowest channel of a pixel, 0..255. Grey pictures have
 * 0 to 2, old photographs in sepia 20; with `min` 0 the rule only measures.
 */
export const grayscale: ImageRule<GrayscaleOptions> = {
  name: 'grayscale',
  unit: 'image',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0).max(255) }),
  measure: (picture): Record<string, number> => (picture === null ? {} : { grayscale: colorfulnessOf(picture.raster) }),
  keep: (scores, { min }) => (scores['grayscale'] ?? 0) >= min,
};

const colorfulnessOf = (raster: Raster): number => levelsOf(raster).spread / (raster.width * raster.height);
