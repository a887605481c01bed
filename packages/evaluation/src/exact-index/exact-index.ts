import { innerProduct } from '../inner-products.ts';
import { insertMatch } from '../insert-match.ts';
import type { Match } from '../top-matches.ts';
import { UserError } from '../user-error.ts';
import { checkVectors } from '../vectors.ts';
import type { Vectors } from '../vectors.ts';
import { Int8Block } from './int8-block.ts';
import { int16Query } from './int16-query.ts';

/** Rows whose whole numbers share one memory, which WebAssembly keeps below 4 GiB. */
const BLOCK_ROWS = 131_072;

/**
 * Finds what `topMatches` finds, to the last bit, in a fraction of the time: every row is first multiplied as whole numbers of eight bits, a
 * quarter of the memory that a search is bound by. That tells between which bounds its score lies; only rows that may be among the
 * best are multiplied in full. It is exact whatever the vectors are; where scores lie closer together than the bounds, more
 * rows are multiplied in full and it is slower.
 */
export class ExactIndex {
  readonly #gallery: Vectors;
  readonly #blocks: Int8Block[] = [];
  readonly #low: Float64Array; // [rows]
  readonly #high: Float64Array; // [rows]

  /**
   * @param gallery [rows, dim]; is kept, and must stay as it is
   * @throws UserError `VECTORS_SHAPE` or `VECTORS_NOT_FINITE` naming the rows
   */
  constructor(gallery: Vectors) {
    checkVectors('gallery', gallery);
    this.#gallery = gallery;
    for (let row = 0; row < gallery.rows; row += BLOCK_ROWS)
      this.#blocks.push(new Int8Block(gallery, row, Math.min(BLOCK_ROWS, gallery.rows - row)));
    this.#low = new Float64Array(gallery.rows);
    this.#high = new Float64Array(gallery.rows);
  }

  /**
   * The `k` rows of highest inner product with the query, best first; of equal scores the lower row first.
   * @param query [dim]
   * @throws UserError `TOP_K`, `VECTORS_SHAPE`, `VECTORS_NOT_FINITE` as `topMatches`
   */
  search(query: Float32Array, k: number): Match[] {
    const { rows, dim } = this.#gallery;
    if (query.length !== dim)
      throw new UserError('VECTORS_SHAPE', `queries have dim ${query.length}, the gallery ${dim}; encode both with one model.`);
    if (!Number.isSafeInteger(k) || k < 1)
      throw new UserError('TOP_K', `k is ${k}; ask for a whole number of matches, at least 1.`);
    const vector = { values: query, rows: 1, dim };
    checkVectors('queries', vector);
    const whole = int16Query(query, Math.max(...this.#blocks.map(({ maxNorm }) => maxNorm)));
    let at = 0;
    for (const block of this.#blocks) {
      block.bound(whole, this.#low, this.#high, at);
      at += block.rows;
    }
    const best: Match[] = [];
    for (const row of this.#candidates(Math.min(k, rows))) {
      // Those that follow are bounded by less still; one that equals the last can be of a lower row.
      if (best.length === k && this.#high[row]! < best[k - 1]!.score) break;
      insertMatch(best, k, row, innerProduct(vector, 0, this.#gallery, row));
    }
    return best;
  }

  /** Rows that may be among the k best, those that may be highest first. */
  #candidates(k: number): Uint32Array {
    const threshold = kthLargest(this.#low, k);
    const rows: number[] = [];
    for (let row = 0; row < this.#high.length; row += 1) if (this.#high[row]! >= threshold) rows.push(row);
    return Uint32Array.from(rows).sort((left, right) => this.#high[right]! - this.#high[left]! || left - right);
  }
}

/** The k-th largest number, by a heap whose root is the least of the k largest so far. */
function kthLargest(values: Float64Array, k: number): number {
  const heap = values.slice(0, k).sort(); // ascending numbers are a heap
  for (let index = k; index < values.length; index += 1) {
    const value = values[index]!;
    if (value <= heap[0]!) continue;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && heap[child + 1]! < heap[child]!) child += 1;
      if (heap[child]! >= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }
  return heap[0]!;
}
