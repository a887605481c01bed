/** Bins of one factor of two. */
const BINS = 4;

/** How often a rule measured what, in bins that grow with the number: 4 in each doubling, and exact for 0 and below 0. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(score: number): void {
    if (Number.isNaN(score)) return;
    const edge = binOf(score);
    this.#counts.set(edge, (this.#counts.get(edge) ?? 0) + 1);
  }

  /** Lower edge and count of each bin that isn't empty, ascending. */
  get bins(): [from: number, count: number][] {
    return [...this.#counts].sort(([left], [right]) => left - right);
  }
}

function binOf(score: number): number {
  if (score <= 0) return Math.round(score);
  return Number((2 ** (Math.floor(Math.log2(score) * BINS + 1e-6) / BINS)).toPrecision(4));
}
