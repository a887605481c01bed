import { z } from 'zod';
import { sumOfLongestRuns } from '../image/raster-kernels.ts';
import type { ImageRule } from '../rule.ts';

export interface ScreenshotOptions {
  max: number;
}

/** Levels by which neighbours in a plain area differ after compression. */
const FLAT = 2;

/**
 * Drops what looks like a screenshot: plain areas with lines of text and controls. Score: share, over all rows and columns, of the longest
 * run of one grey level. Photographs have less than 0.2; so have not drawings on white, so that with `max` 1 the rule only
 * measures, which is what built-in recipes do.
 */
export const screenshot: ImageRule<ScreenshotOptions> = {
  name: 'screenshot',
  unit: 'image',
  thresholds: ['max'],
  options: z.strictObject({ max: z.number().min(0).max(1) }),
  measure(picture): Record<string, number> {
    if (picture === null) return {};
    const { width, height } = picture.raster;
    return { screenshot: sumOfLongestRuns(picture.raster, FLAT) / (2 * width * height) };
  },
  keep: (scores, { max }) => (scores['screenshot'] ?? 0) <= max,
};
