import { z } from 'zod';
import { KeyGroups } from '../dedup/key-groups.ts';
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
  thresholds: ['max'],
  options: z.strictObject({ max: z.int().min(1) }),
  measure(table, _options, { seed, alive }) {
    const ranks = new Float64Array(table.texts).fill(Number.NaN);
    const rowOf = new Uint32Array(table.texts);
    const groups = new KeyGroups(table.spill);
    for (let row = 0; row < table.rows; row += 1) {
      if (!alive(row)) continue;
      for (let text = table.textStarts[row]!; text < table.textStarts[row + 1]!; text += 1) {
        ranks[text] = 0;
        rowOf[text] = row;
        groups.addKey(table.textKeys[text]!, text);
      }
    }
    groups.forEachGroup((texts) => {
      const key = table.textKeys[texts[0]!]!.toString(16);
      const drawn = texts.map((text) => ({ text, at: seededUnit(seed, 'text-frequency', key, table.id(rowOf[text]!)) }));
      drawn.sort((left, right) => left.at - right.at);
      for (const [rank, { text }] of drawn.entries()) ranks[text] = rank;
    });
    groups.close();
    return ranks;
  },
  keep: (rank, { max }) => rank < max,
};
