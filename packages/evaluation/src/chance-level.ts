/**
 * Share of queries that a random ranking answers within its first `k`, by the any-of rule, in per cent.
 *
 * A query with `m` right answers among `gallery` rows is missed with probability C(gallery − m, k) / C(gallery, k).
 *
 * @param rightAnswers for each query, how many gallery rows are right
 */
export function chanceLevel(rightAnswers: Iterable<number>, gallery: number, k: number): number {
  const queriesWith = new Map<number, number>();
  let queries = 0;
  for (const right of rightAnswers) {
    queriesWith.set(right, (queriesWith.get(right) ?? 0) + 1);
    queries += 1;
  }
  let hits = 0;
  for (const [right, count] of queriesWith) hits += count * (1 - missProbability(right, gallery, k));
  return (100 * hits) / queries;
}

function missProbability(right: number, gallery: number, k: number): number {
  let miss = 1;
  for (let drawn = 0; drawn < k && miss > 0; drawn++) miss *= Math.max(0, gallery - right - drawn) / (gallery - drawn);
  return miss;
}
