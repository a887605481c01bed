import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { PairRule } from '../rule.ts';

/** Drops pairs of which the text rules kept nothing. Its score is the number of texts kept. */
export const noText: PairRule<NoOptions> = {
  name: 'no-text',
  unit: 'pair',
  options: noOptions,
  measure: (texts) => texts.length,
  keep: (count) => count > 0,
};
