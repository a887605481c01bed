import { z } from 'zod';
import type { ImageRule } from '../rule.ts';

export interface AspectOptions {
  max: number;
}

/** Drops banners and columns: pictures whose longer side is more than `max` times the shorter (3: aspect 1/3..3). */
export const aspect: ImageRule<AspectOptions> = {
  name: 'aspect',
  unit: 'image',
  thresholds: ['max'],
  options: z.strictObject({ max: z.number().min(1) }),
  measure: (picture): Record<string, number> =>
    picture === null ? {} : { aspect: Math.max(picture.width, picture.height) / Math.min(picture.width, picture.height) },
  keep: (scores, { max }) => (scores['aspect'] ?? Infinity) <= max,
};
