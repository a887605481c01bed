import { z } from 'zod';
import { distinctPerImage } from '../group/distinct-per-image.ts';
import type { DatasetRule } from '../rule.ts';

export interface IconOptions {
  maxPages: number;
}

/** Drops icons, sprites and logos: one picture that stands on more than `maxPages` pages. Its score is the number of pages. */
export const icon: DatasetRule<IconOptions> = {
  name: 'icon',
  unit: 'dataset',
  thresholds: ['maxPages'],
  options: z.strictObject({ maxPages: z.int().min(1) }),
  measure: async (table, _options, context) => ({ rows: await distinctPerImage(table, table.pageKeys, context) }),
  keep: (pages, { maxPages }) => pages <= maxPages,
};
