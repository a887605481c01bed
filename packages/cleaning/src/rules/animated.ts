import { z } from 'zod';
import type { ImageRule } from '../rule.ts';

export interface AnimatedOptions {
  maxFrames: number;
}

/** Drops animations: pictures of more than `maxFrames` frames or pages. Of those that are kept, rules see the first frame. */
export const animated: ImageRule<AnimatedOptions> = {
  name: 'animated',
  unit: 'image',
  thresholds: ['maxFrames'],
  options: z.strictObject({ maxFrames: z.int().min(1) }),
  measure: (picture): Record<string, number> => (picture === null ? {} : { animated: picture.frames }),
  keep: (scores, { maxFrames }) => (scores['animated'] ?? 1) <= maxFrames,
};
