import { z } from 'zod';
import { countBits, forEachHammingPair } from '../group/hamming-pairs.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import { colorDistance } from '../image/color-signature.ts';
import type { DatasetRule } from '../rule.ts';

export interface NearDuplicateOptions {
  /** Bits of the perceptual hash that may differ. */
  maxDistance: number;
  /** Levels of 255 by which any channel of any cell of the colour signature may differ. */
  maxColorDistance: number;
}

/**
 * Keeps one of the pairs whose pictures look the same: perceptual hashes within `maxDistance` bits *and* colour signatures
 * within `maxColorDistance`. Pairs are joined into clusters, so that no two survivors look the same. Score 0 is the survivor;
 * `near-duplicate.distance` is the distance in bits to it.
 */
export const nearDuplicate: DatasetRule<NearDuplicateOptions> = {
  name: 'near-duplicate',
  unit: 'dataset',
  options: z.strictObject({ maxDistance: z.int().min(0).max(16), maxColorDistance: z.int().min(0).max(255) }),
  measure(table, { maxDistance, maxColorDistance }, context) {
    const rows: number[] = [];
    for (let row = 0; row < table.rows; row += 1) if (table.hasPicture[row] === 1 && context.alive(row)) rows.push(row);
    const low = Uint32Array.from(rows, (row) => table.phashLow[row]!);
    const high = Uint32Array.from(rows, (row) => table.phashHigh[row]!);
    const sets = new UnionFind(table.rows);
    forEachHammingPair({ low, high }, maxDistance, (left, right) => {
      const [first, second] = [rows[left]!, rows[right]!];
      if (colorDistance(table.colors, first, second, maxColorDistance) <= maxColorDistance) sets.union(first, second);
    });
    const ranked = rankClusters(table, sets, context);
    const distance = new Float64Array(table.rows).fill(Number.NaN);
    for (const row of rows) {
      const survivor = ranked.duplicateOf[row]!;
      if (survivor < 0) continue;
      distance[row] =
        countBits((table.phashLow[row]! ^ table.phashLow[survivor]!) >>> 0) +
        countBits((table.phashHigh[row]! ^ table.phashHigh[survivor]!) >>> 0);
    }
    return { ...ranked, more: { 'near-duplicate.distance': distance } };
  },
  keep: (rank) => rank === 0,
};
