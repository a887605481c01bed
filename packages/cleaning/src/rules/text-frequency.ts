import { z } from 'zod';
import type { DatasetTextRule } from '../rule.ts';
import { seededUnit } from '../seeded-hash.ts';

export interface TextFrequencyOptions {
  max: number;
}

/**
 * Leaves one text to at most `max` pictures of the whole dataset, chosen by the seed; the others lose that text, and a pair
 * that loses its last one is dropped. Its score is the rank of the picture among those with the text, from 0.
 */
export const textFrequency: DatasetTextRule<TextFrequencyOptions> = {
  name: 'text-frequency',
  unit: 'dataset-text',
  options: z.strictObject({ max: z.int().min(1) }),
  measure(table, _options, { seed, alive }) {
    const byText = new Map<bigint, { text: number; row: number }[]>();
    const ranks = new Float64Array(table.texts).fill(Number.NaN);
    for (let row = 0; row < table.rows; row += 1) {
      if (!alive(row)) continue;
      for (let text = table.textStarts[row]!; text < table.textStarts[row + 1]!; text += 1) {
        ranks[text] = 0;
        const key = table.textKeys[text]!;
        const others = byText.get(key);
        if (others === undefined) byText.set(key, [{ text, row }]);
        else others.push({ text, row });
      }
    }
    for (const [key, uses] of byText) {
      if (uses.length === 1) continue;
      const drawn = uses.map(({ text, row }) => ({
        text,
        at: seededUnit(seed, 'text-frequency', key.toString(16), table.ids[row]!),
      }));
      drawn.sort((left, right) => left.at - right.at);
      for (const [rank, { text }] of drawn.entries()) ranks[text] = rank;
    }
    return ranks;
  },
  keep: (rank, { max }) => rank < max,
};
