import { permutation, seededRandom } from '../random.ts';
import { bucketedOrder } from './bucketed-order.ts';

/** Rows whose order is shuffled together. */
const WINDOW_ROWS = 16_384;

/** A row of a block, which is a record batch of a shard. */
export interface Position {
  block: number;
  /** Among the block's rows that take part. */
  row: number;
}

/** Sorts rows so that those of one batch are of one bucket. */
export interface Buckets {
  batchSize: number;
  bucketOf: (position: Position) => number;
}

/**
 * The order of the rows in an epoch, a pure function of (seed, epoch): the blocks of all shards are permuted, and then the
 * rows within windows of at least 16,384 rows of neighbouring blocks. Up to that many rows the order is a uniform
 * permutation; of a larger dataset the rows of one block stay within one window. Memory is 8 bytes a block and one window.
 */
export class EpochOrder {
  readonly rows: number;
  readonly #seed: number;
  readonly #epoch: number;
  readonly #blockRows: ArrayLike<number>;
  readonly #buckets: Buckets | null;
  readonly #blocks: Uint32Array;
  /** For each window: its first slot and its first block in the permuted order; a last entry closes the list. */
  readonly #windows: { slot: number; block: number }[] = [];
  #current: { window: number; positions: Position[] } | undefined;

  /** @param blockRows how many rows of each block take part */
  constructor(blockRows: ArrayLike<number>, seed: number, epoch: number, buckets: Buckets | null = null) {
    this.#seed = seed;
    this.#epoch = epoch;
    this.#blockRows = blockRows;
    this.#buckets = buckets;
    this.#blocks = permutation(blockRows.length, seededRandom(seed, epoch, 'blocks'));
    let slot = 0;
    for (const [index, block] of this.#blocks.entries()) {
      if (slot - (this.#windows.at(-1)?.slot ?? -WINDOW_ROWS) >= WINDOW_ROWS) this.#windows.push({ slot, block: index });
      slot += blockRows[block]!;
    }
    this.#windows.push({ slot, block: blockRows.length });
    this.rows = slot;
  }

  /** Which row comes at a place of the order, 0 … rows − 1. Asking in order is cheap. */
  at(slot: number): Position {
    const window = this.#windows.findLastIndex(({ slot: first }) => first <= slot);
    if (this.#current?.window !== window) this.#current = { window, positions: this.#shuffle(window) };
    return this.#current.positions[slot - this.#windows[window]!.slot]!;
  }

  #shuffle(window: number): Position[] {
    const { slot, block: first } = this.#windows[window]!;
    const positions: Position[] = [];
    for (let index = first; index < this.#windows[window + 1]!.block; index += 1) {
      const block = this.#blocks[index]!;
      for (let row = 0; row < this.#blockRows[block]!; row += 1) positions.push({ block, row });
    }
    const random = seededRandom(this.#seed, this.#epoch, 'rows', window);
    const shuffled = Array.from(permutation(positions.length, random), (index) => positions[index]!);
    return this.#buckets === null ? shuffled : bucketedOrder(shuffled, slot, this.#buckets, random);
  }
}
