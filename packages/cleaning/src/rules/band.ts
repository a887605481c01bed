import { BANDS } from '@wenlan/shards';
import { z } from 'zod';
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
    const rows = new Float64Array(table.rows).fill(Number.NaN);
    const bands = new Int8Array(table.rows).fill(-1);
    const drawn = BANDS.map((): { row: number; at: number }[] => []);
    let reached = 0;
    for (let row = 0; row < table.rows; row += 1) {
      if (!alive(row)) continue;
      reached += 1;
      const correlation = table.correlations[row]!;
      const printed = table.printed[row]! >= overMatch;
      if (Number.isNaN(correlation) && !printed) continue;
      const index = printed ? 0 : correlation >= strong ? 1 : correlation < unrelated ? 3 : 2;
      bands[row] = index;
      drawn[index]!.push({ row, at: seededUnit(seed, 'band', table.id(row)) });
    }
    for (const [index, members] of drawn.entries()) {
      members.sort((left, right) => left.at - right.at);
      for (const [rank, { row }] of members.entries()) rows[row] = index + rank / reached;
    }
    return {
      rows,
      bands,
      more: { 'band.correlation': Float64Array.from(table.correlations), 'band.printed': Float64Array.from(table.printed) },
    };
  },
  keep(score, { quotas }) {
    const index = Math.floor(score);
    const quota = quotas[BANDS[index]!] ?? 1;
    return quota === 1 || score - index + ROUNDING < quota;
  },
};
