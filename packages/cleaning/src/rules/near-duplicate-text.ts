import { z } from 'zod';
import { joinSimilarTexts } from '../dedup/similar-texts.ts';
import { liveRows } from '../group/live-rows.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import type { DatasetRule } from '../rule.ts';

export interface NearDuplicateTextOptions {
  /** Pairs that are kept of those whose texts are alike. */
  max: number;
  minJaccard: number;
  ngram: number;
  minShingles: number;
}

/**
 * Keeps `max` of the pairs whose texts, all those of a pair together, are alike: a Jaccard similarity of character n-grams of at
 * least `minJaccard`; texts of fewer than `minShingles` n-grams have to be equal but for punctuation, spaces and case. Its score
 * is the rank in the cluster; those that are kept of a cluster share its id, and a split.
 */
export const nearDuplicateText: DatasetRule<NearDuplicateTextOptions> = {
  name: 'near-duplicate-text',
  unit: 'dataset',
  thresholds: ['max'],
  options: z.strictObject({
    max: z.int().min(1),
    minJaccard: z.number().min(0.5).max(1).default(0.8),
    ngram: z.int().min(1).max(8).default(2),
    minShingles: z.int().min(1).default(8),
  }),
  async measure(table, options, context) {
    const sets = new UnionFind(table.rows);
    await joinSimilarTexts(liveRows(table, context), table.rows, table, sets, options, { ...context, spill: table.spill });
    return rankClusters(table, sets, context);
  },
  keep: (rank, { max }) => rank < max,
};
