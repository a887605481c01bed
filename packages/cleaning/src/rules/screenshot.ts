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
    return { screenshot: longestRuns(grey, width, height) / (2 * width * height) };
  },
  keep: (scores, { max }) => (scores['screenshot'] ?? 0) <= max,
};

/** Sum over all rows and columns of the longest run of each, in one pass without a branch a pixel: in a photograph none can be foretold. */
function longestRuns(grey: Uint8Array, width: number, height: number): number {
  const downRuns = new Int32Array(width).fill(1);
  const downLongest = new Int32Array(width).fill(1);
  let total = 0;
  for (let y = 0; y < height; y += 1) {
    const start = y * width;
    let longest = 1;
    let run = 1;
    let left = grey[start]!;
    for (let at = start + 1; at < start + width; at += 1) {
      const level = grey[at]!;
      run = 1 + (run & flatMask(level - left));
      longest = larger(longest, run);
      left = level;
    }
    total += longest;
    if (y === 0) continue;
    for (let x = 0; x < width; x += 1) {
      const down = 1 + (downRuns[x]! & flatMask(grey[start + x]! - grey[start + x - width]!));
      downRuns[x] = down;
      downLongest[x] = larger(downLongest[x]!, down);
    }
  }
  for (let x = 0; x < width; x += 1) total += downLongest[x]!;
  return total;
}

/** -1 for a difference of at most FLAT, else 0. */
const flatMask = (difference: number): number => ~((difference + FLAT) | (FLAT - difference)) >> 31;

const larger = (left: number, right: number): number => left - ((left - right) & ((left - right) >> 31));
