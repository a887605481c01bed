import { z } from 'zod';
import { distinctPerImage } from '../group/distinct-per-image.ts';
import type { DatasetRule } from '../rule.ts';

export interface PlaceholderOptions {
  maxUrls: number;
}

/**
 * Drops what servers send in place of a picture that is gone: the same bytes under more than `maxUrls` URLs. Its score is the
 * number of URLs.
 */
export const placeholder: DatasetRule<PlaceholderOptions> = {
  name: 'placeholder',
  unit: 'dataset',
  thresholds: ['maxUrls'],
  options: z.strictObject({ maxUrls: z.int().min(1) }),
  measure: async (table, _options, context) => ({ rows: await distinctPerImage(table, table.urlKeys, context) }),
  keep: (count, { maxUrls }) => count <= maxUrls,
};
