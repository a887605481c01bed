import { z } from 'zod';
import { greyOf } from '../image/grey.ts';
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
    const grey = greyOf(picture.raster);
    const across = longestRuns(grey, height, width, width, 1);
    const down = longestRuns(grey, width, height, 1, width);
    return { screenshot: (across + down) / (2 * width * height) };
  },
  keep: (scores, { max }) => (scores['screenshot'] ?? 0) <= max,
};

/** Sum over the lines of the longest run of each. */
function longestRuns(grey: Uint8Array, lines: number, length: number, lineStep: number, step: number): number {
  let total = 0;
  for (let line = 0; line < lines; line += 1) {
    let [longest, run] = [1, 1];
    let at = line * lineStep;
    for (let index = 1; index < length; index += 1, at += step) {
      const difference = grey[at]! - grey[at + step]!;
      run = difference <= FLAT && difference >= -FLAT ? run + 1 : 1;
      if (run > longest) longest = run;
    }
    total += longest;
  }
  return total;
}
