import type { UnionFind } from '../group/union-find.ts';
import type { ReduceOutput } from './reduction.ts';

const NOTHING_NOTED = (): void => {};

/** Output of reductions that join into sets. */
export const joinInto = (sets: UnionFind, note: ReduceOutput['note'] = NOTHING_NOTED): ReduceOutput => ({
  joined: (left, right) => sets.find(left) === sets.find(right),
  join: (left, right) => sets.union(left, right),
  note,
});

/** Output of reductions that only note. */
export const noteInto = (note: ReduceOutput['note']): ReduceOutput => ({ joined: () => false, join: () => {}, note });
