import { BANDS } from '@wenlan/shards';
import { z } from 'zod';
import { KeyedRecords } from '../dedup/keyed-records.ts';
import type { DatasetRule } from '../rule.ts';
import { seededUnit } from '../seeded-hash.ts';

export interface BandOptions {
  /** Share of a text that is printed in the picture from which the pair is an over-match. */
  overMatch: number;
  /** Correlations from which a pair is strong, and below which it is unrelated; what lies between is weak. */
  strong: number;
  unrelated: number;
  /** Share of the pairs that reach the rule which each band may fill; the seed chooses which pairs of a fuller band stay. */
  quotas: Partial<Record<(typeof BANDS)[number], number>>;
}

/** Scores are float32: a rank that lies just on a quota must not pass for being rounded. */
const ROUNDING = 5e-7;

const share = z.number().min(0).max(1);

/**
 * Sorts pairs into bands by the correlation that a scorer gave them, and keeps as many of each band as its quota allows: all,
 * where none is set. Without a scorer nothing is judged and the band stays empty. Its score is the number of the band
 * (over-match 0, strong 1, weak 2, unrelated 3) plus the rank of the pair in it, as a share of the pairs.
 */
export const band: DatasetRule<BandOptions> = {
  name: 'band',
  unit: 'dataset',
  options: z
    .strictObject({
      overMatch: share.default(0.8),
      strong: z.number(),
      unrelated: z.number(),
      quotas: z.partialRecord(z.enum(BANDS), share).default({}),
    })
    .refine(({ strong, unrelated }) => unrelated <= strong, { error: 'unrelated is above strong', path: ['unrelated'] }),
  measure(table, { overMatch, strong, unrelated }, { alive, seed }) {
    const rows = table.numbers('f64', Number.NaN);
    const bands = table.numbers('i32', -1);
    const drawn = new KeyedRecords(table.rows, table.spill, 1);
    let reached = 0;
    for (let row = 0; row < table.rows; row += 1) {
      if (!alive(row)) continue;
      reached += 1;
      const correlation = table.correlations.get(row);
      const printed = table.printed.get(row) >= overMatch;
      if (Number.isNaN(correlation) && !printed) continue;
      const index = printed ? 0 : correlation >= strong ? 1 : correlation < unrelated ? 3 : 2;
      bands.set(row, index);
      const at = seededUnit(seed, 'band', table.id(row));
      drawn.addKey((at * 2 ** 53) % 2 ** 32, Math.floor(at * 2 ** 32), row, index);
    }
    const ranks = BANDS.map(() => 0);
    // Partitions ascend with what was drawn.
    drawn.forEachPartition((records) => {
      const places = Array.from({ length: records.length / drawn.words }, (_, index) => index * drawn.words);
      places.sort(
        (left, right) =>
          records[left + 1]! - records[right + 1]! ||
          records[left]! - records[right]! ||
          records[left + 2]! - records[right + 2]!,
      );
      for (const place of places) {
        const index = records[place + 3]!;
        rows.set(records[place + 2]!, index + ranks[index]! / reached);
        ranks[index]! += 1;
      }
    });
    return { rows, bands, more: { 'band.correlation': table.correlations, 'band.printed': table.printed } };
  },
  keep(score, { quotas }) {
    const index = Math.floor(score);
    const quota = quotas[BANDS[index]!] ?? 1;
    return quota === 1 || score - index + ROUNDING < quota;
  },
};
