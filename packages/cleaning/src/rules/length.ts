import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { countUnits } from '../text/characters.ts';

export interface LengthOptions {
  min: number;
  max: number;
}

/** Length band, in Chinese characters + words of other scripts. */
export const length: TextRule<LengthOptions> = {
  name: 'length',
  unit: 'text',
  thresholds: ['min', 'max'],
  options: z
    .strictObject({ min: z.int().min(1), max: z.int().min(1) })
    .refine(({ min, max }) => min <= max, { error: 'min is above max', path: ['min'] }),
  measure: (text) => countUnits(text).all,
  keep: (units, { min, max }) => units >= min && units <= max,
};
