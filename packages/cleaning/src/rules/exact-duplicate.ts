import { KeyedRecords } from '../dedup/keyed-records.ts';
import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import { joinInto } from '../reduce/joined-sets.ts';
import { singleTasks } from '../reduce/reduce-here.ts';
import type { DatasetRule } from '../rule.ts';

/**
 * Keeps one of the pairs whose pictures have the same bytes or the same canonical URL. Score 0 is the survivor.
 * The texts of the others are not merged into it.
 */
export const exactDuplicate: DatasetRule<NoOptions> = {
  name: 'exact-duplicate',
  unit: 'dataset',
  options: noOptions,
  async measure(table, _options, context) {
    const sets = new UnionFind(table.rows);
    for (const keys of [table.imageKeys, table.urlKeys]) {
      const records = new KeyedRecords(table.rows, table.spill);
      for (let row = 0; row < table.rows; row += 1)
        if (!keys.isNone(row) && context.alive(row)) records.addKey(keys.low(row), keys.high(row), row);
      const job = { reduction: { kind: 'equal-keys' }, records, tasks: singleTasks(records) } as const;
      await context.reduce(job, table, joinInto(sets));
    }
    return rankClusters(table, sets, context);
  },
  keep: (rank) => rank === 0,
};
