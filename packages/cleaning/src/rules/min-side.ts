import { z } from 'zod';
import type { ImageRule } from '../rule.ts';

export interface MinSideOptions {
  min: number;
}

/** Drops pictures whose shorter side has fewer pixels than `min`. Vector pictures are drawn at any size, and exempt. */
export const minSide: ImageRule<MinSideOptions> = {
  name: 'min-side',
  unit: 'image',
  thresholds: ['min'],
  options: z.strictObject({ min: z.int().min(1) }),
  measure: (picture) =>
    picture === null ? {} : { 'min-side': Math.min(picture.width, picture.height), vector: picture.vector ? 1 : 0 },
  keep: (scores, { min }) => scores['vector'] === 1 || (scores['min-side'] ?? 0) >= min,
};
