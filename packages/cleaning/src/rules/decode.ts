import { z } from 'zod';
import type { ImageRule } from '../rule.ts';

export interface DecodeOptions {
  maxPixels: number;
}

/** Drops rows whose bytes are no picture, are cut short or claim more than `maxPixels`. Score 1: it decodes, 0: it doesn't. */
export const decode: ImageRule<DecodeOptions> = {
  name: 'decode',
  unit: 'image',
  options: z.strictObject({ maxPixels: z.int().min(1) }),
  measure: (picture) => ({ decode: picture === null ? 0 : 1 }),
  keep: (scores) => scores['decode'] === 1,
};
