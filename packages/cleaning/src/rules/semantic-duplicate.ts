import { z } from 'zod';
import { joinSimilarVectors } from '../dedup/similar-vectors.ts';
import { liveRows } from '../group/live-rows.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import type { DatasetRule } from '../rule.ts';

export interface SemanticDuplicateOptions {
  minCosine: number;
}

/**
 * Keeps one of the pairs whose pictures have nearly the same embedding, where a scorer gives embeddings; without one, and with
 * `minCosine` 1, it keeps all. Score 0 is the survivor.
 */
export const semanticDuplicate: DatasetRule<SemanticDuplicateOptions> = {
  name: 'semantic-duplicate',
  unit: 'dataset',
  options: z.strictObject({ minCosine: z.number().min(0.9).max(1).default(1) }),
  async measure(table, { minCosine }, context) {
    const sets = new UnionFind(table.rows);
    if (table.hasVectors && minCosine < 1) {
      const settings = { ...context, spill: table.spill };
      await joinSimilarVectors(liveRows(table, context), table.rows, table, sets, minCosine, settings);
    }
    return rankClusters(table, sets, context);
  },
  keep: (rank) => rank === 0,
};
