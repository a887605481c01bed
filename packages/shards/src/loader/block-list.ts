import type { SoundShard } from '../shard-checksum.ts';

/** Numbers of 32 bits, as many as come. */
class Column {
  #values = new Uint32Array(64);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Uint32Array(this.#length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  get values(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }
}

export interface IndexedShard {
  file: string;
  /** Null if the shard is quarantined. */
  sound: SoundShard | null;
}

/**
 * The record batches of a split, and how many of their rows take part in an epoch: twelve bytes for each of them, so that
 * memory is a fifth of a byte a row. A bucket for every row, where rows are sorted into some, is a byte more.
 */
export class BlockList {
  readonly shards: IndexedShard[] = [];
  readonly #shardOf = new Column();
  readonly #batchOf = new Column();
  readonly #rowsOf = new Column();
  readonly #buckets: Uint8Array[] = [];

  get length(): number {
    return this.#rowsOf.values.length;
  }

  /** By block: its rows that take part. */
  get rows(): Uint32Array {
    return this.#rowsOf.values;
  }

  /** @param buckets of the rows that take part; none if rows aren't sorted into buckets */
  push(batch: number, rows: number, buckets?: Uint8Array): void {
    this.#shardOf.push(this.shards.length);
    this.#batchOf.push(batch);
    this.#rowsOf.push(rows);
    if (buckets !== undefined) this.#buckets.push(buckets);
  }

  shardOf(block: number): IndexedShard {
    return this.shards[this.#shardOf.at(block)]!;
  }

  /** The number of the record batch in its shard. */
  batchOf(block: number): number {
    return this.#batchOf.at(block);
  }

  bucketOf(block: number, row: number): number {
    return this.#buckets[block]?.[row] ?? 0;
  }
}
