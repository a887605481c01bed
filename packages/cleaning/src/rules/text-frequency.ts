import { z } from 'zod';
import { KeyedRecords } from '../dedup/keyed-records.ts';
import { noteInto } from '../reduce/joined-sets.ts';
import { singleTasks } from '../reduce/reduce-here.ts';
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
  async measure(table, _options, { seed, alive, reduce }) {
    const ranks = table.numbers('f64', Number.NaN);
    const { textStarts, textKeys } = table;
    const records = new KeyedRecords(table.texts, table.spill, 2);
    for (let row = 0; row < table.rows; row += 1) {
      if (!alive(row)) continue;
      for (let text = textStarts.get(row); text < textStarts.get(row + 1); text += 1) {
        ranks.set(text, 0);
        const [low, high] = [textKeys.low(text), textKeys.high(text)];
        const drawn = seededUnit(seed, 'text-frequency', textKeys.get(text).toString(16), table.id(row)) * 2 ** 53;
        records.addKey(low, high, text, Math.floor(drawn / 2 ** 32), drawn % 2 ** 32);
      }
    }
    const note = (text: number, _other: number, rank: number): void => ranks.set(text, rank);
    await reduce({ reduction: { kind: 'frequency-ranks' }, records, tasks: singleTasks(records) }, table, noteInto(note));
    return ranks;
  },
  keep: (rank, { max }) => rank < max,
};
