import type { ReduceOutput } from './reduction.ts';

/**
 * Compares the candidates of one group and joins those that are alike. Members of a set that is known already are compared only until
 * one is alike, so that a group of many that are all alike costs no more than its length.
 */
export function joinAlike(group: readonly number[], output: ReduceOutput, alike: (left: number, right: number) => boolean): void {
  const sets: number[][] = [];
  for (const item of group) {
    let own: number[] | null = null;
    for (let at = sets.length - 1; at >= 0; at -= 1) {
      const set = sets[at]!;
      if (!output.joined(set[0]!, item)) {
        const match = set.find((other) => alike(other, item));
        if (match === undefined) continue;
        output.join(match, item);
      }
      if (own === null) {
        own = set;
        own.push(item);
      } else {
        for (const other of set) own.push(other);
        sets.splice(at, 1);
      }
    }
    if (own === null) sets.push([item]);
  }
}
