import type { Match } from './top-matches.ts';

/** Puts a row among the k best, ordered by descending score and ascending row, and drops the last if they become too many. */
export function insertMatch(best: Match[], k: number, row: number, score: number): void {
  const isAfter = (other: Match): boolean => other.score > score || (other.score === score && other.row < row);
  if (best.length === k && isAfter(best[k - 1]!)) return;
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(best[middle]!)) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, { row, score });
  if (best.length > k) best.pop();
}
