import { COLOR_BYTES, colorDistance } from '../image/color-signature.ts';
import type { Look } from '../image/look.ts';
import { ByteSpool } from '../dedup/byte-spool.ts';
import type { SpillOptions } from '../dedup/byte-spool.ts';
import { countBits } from './hamming-pairs.ts';

/** The looks of many pictures, column by column. */
export class LookColumns {
  /** Bits 0..31 and 32..63 of the perceptual hash. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  /** Where the colours of a row begin in the spool, in units of one signature, and from 1; 0 for a row without. */
  readonly #places: Uint32Array;
  /** [rows that were set, 9, 9, 3] */
  readonly #colors: ByteSpool;
  /** Two signatures side by side, as {@link colorDistance} wants them. */
  readonly #pair = new Uint8Array(COLOR_BYTES * 2);
  #set = 0;

  constructor(rows: number, spill: SpillOptions | null = null) {
    this.low = new Uint32Array(rows);
    this.high = new Uint32Array(rows);
    this.#places = new Uint32Array(rows);
    this.#colors = new ByteSpool(spill);
  }

  set(row: number, { phash, colors }: Look): void {
    this.low[row] = Number(phash & 0xffff_ffffn);
    this.high[row] = Number(phash >> 32n);
    this.#colors.append(colors);
    this.#places[row] = this.#set += 1;
  }

  /** The colours of a row, [9, 9, 3]: a view that is good until the next call. */
  colorsOf(row: number): Uint8Array {
    return this.#colors.read((this.#places[row]! - 1) * COLOR_BYTES, COLOR_BYTES);
  }

  /** Bits in which the hashes of two rows differ. */
  bits(left: number, right: number): number {
    return countBits((this.low[left]! ^ this.low[right]!) >>> 0) + countBits((this.high[left]! ^ this.high[right]!) >>> 0);
  }

  /** As {@link colorDistance}. */
  colorDistance(left: number, right: number, limit: number): number {
    for (const [index, row] of [left, right].entries()) this.#pair.set(this.colorsOf(row), index * COLOR_BYTES);
    return colorDistance(this.#pair, 0, 1, limit);
  }

  close(): void {
    this.#colors.close();
  }
}
