import { z } from 'zod';
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
  measure(picture): Record<string, number> {
    if (picture === null) return {};
    const { pixels } = picture.raster;
    let sum = 0;
    for (let at = 0; at < pixels.length; at += 3) {
      const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
      const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
      const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
      sum += high - low;
    }
    return { grayscale: (sum * 3) / pixels.length };
  },
  keep: (scores, { min }) => (scores['grayscale'] ?? 0) >= min,
};
