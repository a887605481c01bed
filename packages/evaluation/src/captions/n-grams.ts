/** Counts of the n-grams of one order; a key is its tokens joined by a space, which no token contains. */
export type NGramCounts = ReadonlyMap<string, number>;

/** How often each n-gram occurs; entry n - 1 holds those of order n. */
export function countNGrams(tokens: readonly string[], maxOrder: number): NGramCounts[] {
  return Array.from({ length: maxOrder }, (_, index) => {
    const counts = new Map<string, number>();
    for (let start = 0; start + index < tokens.length; start++) {
      const key = tokens.slice(start, start + index + 1).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  });
}
