import { KeyGroups } from '../dedup/key-groups.ts';
import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import type { DatasetRule } from '../rule.ts';

/**
 * Keeps one of the pairs whose pictures have the same bytes or the same canonical URL. Score 0 is the survivor.
 * The texts of the others are not merged into it.
 */
export const exactDuplicate: DatasetRule<NoOptions> = {
  name: 'exact-duplicate',
  unit: 'dataset',
  options: noOptions,
  measure(table, _options, context) {
    const sets = new UnionFind(table.rows);
    for (const keys of [table.imageKeys, table.urlKeys]) {
      const groups = new KeyGroups(table.spill);
      for (let row = 0; row < table.rows; row += 1) {
        if (keys[row] !== 0n && context.alive(row)) groups.addKey(keys[row]!, row);
      }
      groups.forEachGroup((rows) => {
        for (const row of rows) sets.union(rows[0]!, row);
      });
      groups.close();
    }
    return rankClusters(table, sets, context);
  },
  keep: (rank) => rank === 0,
};
