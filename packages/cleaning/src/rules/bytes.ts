import { z } from 'zod';
import type { ImageRule } from '../rule.ts';

export interface BytesOptions {
  min: number;
  max: number;
}

/** Band of the size of a picture's file in bytes. Vector pictures, which are small whatever they show, have no minimum. */
export const bytes: ImageRule<BytesOptions> = {
  name: 'bytes',
  unit: 'image',
  thresholds: ['min', 'max'],
  options: z
    .strictObject({ min: z.int().min(0), max: z.int().min(1) })
    .refine(({ min, max }) => min <= max, { error: 'min is above max', path: ['min'] }),
  measure: (picture): Record<string, number> =>
    picture === null ? {} : { bytes: picture.byteLength, vector: picture.vector ? 1 : 0 },
  keep(scores, { min, max }) {
    const size = scores['bytes'];
    return size !== undefined && (size >= min || scores['vector'] === 1) && size <= max;
  },
};
