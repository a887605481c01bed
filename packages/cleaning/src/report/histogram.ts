/** Bins of one factor of two. */
const BINS = 4;
/** What lies between 0 and this is shown as 0: else grey pictures alone, with 0.0004 and 0.0009, would fill a page with bins. */
const SMALLEST = 1 / 64;

/** How often a rule measured what, in bins that grow with the number: 4 in each doubling from 1/64 on, and whole numbers below 0. */
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
  if (score < SMALLEST) return Math.min(0, Math.round(score));
  return Number((2 ** (Math.floor(Math.log2(score) * BINS + 1e-6) / BINS)).toPrecision(4));
}
