import { COLOR_BYTES, colorDistance } from '../image/color-signature.ts';
import type { Look } from '../image/look.ts';
import { ByteSpool } from '../dedup/byte-spool.ts';
import { KeyColumn } from '../dedup/key-column.ts';
import { NumberColumn } from '../dedup/number-column.ts';
import type { SpillOptions } from '../dedup/spill-file.ts';
import { countBits } from '../reduce/hamming-plan.ts';

/** The looks of many pictures, column by column. */
export class LookColumns {
  /** Perceptual hashes. */
  readonly hashes: KeyColumn;
  /** Where the colours of a row begin in the spool, in units of one signature, and from 1; 0 for a row without. */
  readonly #places: NumberColumn;
  /** [rows that were set, 9, 9, 3] */
  readonly #colors: ByteSpool;
  /** Two signatures side by side, as {@link colorDistance} wants them. */
  readonly #pair = new Uint8Array(COLOR_BYTES * 2);
  #set = 0;

  constructor(spill: SpillOptions | null) {
    this.hashes = new KeyColumn(spill);
    this.#places = new NumberColumn('u32', { spill });
    this.#colors = new ByteSpool(spill);
  }

  set(row: number, { phash, colors }: Look): void {
    this.hashes.set(row, phash);
    this.#colors.append(colors);
    this.#places.set(row, (this.#set += 1));
  }

  /** The colours of a row, [9, 9, 3]: a view that is good until the next call. */
  colorsOf(row: number): Uint8Array {
    return this.#colors.read((this.#places.get(row) - 1) * COLOR_BYTES, COLOR_BYTES);
  }

  /** Bits in which the hashes of two rows differ. */
  bits(left: number, right: number): number {
    const { hashes } = this;
    return countBits(hashes.low(left) ^ hashes.low(right)) + countBits(hashes.high(left) ^ hashes.high(right));
  }

  /** As {@link colorDistance}. */
  colorDistance(left: number, right: number, limit: number): number {
    this.#pair.set(this.colorsOf(left));
    this.#pair.set(this.colorsOf(right), COLOR_BYTES);
    return colorDistance(this.#pair, 0, 1, limit);
  }

  close(): void {
    this.hashes.close();
    this.#places.close();
    this.#colors.close();
  }
}
