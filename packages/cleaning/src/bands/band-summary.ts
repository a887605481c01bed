import { BANDS } from '@wenlan/shards';
import type { Band } from '@wenlan/shards';

/** How the pairs that a scorer judged fell into bands, and what it gave them: by that a recipe sets its bounds. */
export interface BandSummary {
  bands: { band: Band; pairs: number; kept: number }[];
  /** The least, the quartiles and the greatest of the correlations; null where none was measured. */
  correlations: [least: number, q1: number, median: number, q3: number, greatest: number] | null;
}

/**
 * @param bandOf index of the band of a row, or -1
 * @param correlationOf NaN for none
 */
export function summarizeBands(
  rows: number,
  {
    bandOf,
    isKept,
    correlationOf,
  }: {
    bandOf: (row: number) => number;
    isKept: (row: number) => boolean;
    correlationOf: (row: number) => number;
  },
): BandSummary | null {
  const bands = BANDS.map((band) => ({ band, pairs: 0, kept: 0 }));
  const correlations: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const counts = bands[bandOf(row)];
    if (counts === undefined) continue;
    counts.pairs += 1;
    if (isKept(row)) counts.kept += 1;
    const correlation = correlationOf(row);
    if (!Number.isNaN(correlation)) correlations.push(Math.fround(correlation));
  }
  if (bands.every(({ pairs }) => pairs === 0)) return null;
  const sorted = Float64Array.from(correlations).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { bands, correlations: sorted.length === 0 ? null : [at(0), at(0.25), at(0.5), at(0.75), at(1)] };
}
