import { COLOR_BYTES, colorDistance } from '../image/color-signature.ts';
import type { Look } from '../image/look.ts';
import { countBits } from './hamming-pairs.ts';

/** The looks of many pictures, column by column. */
export class LookColumns {
  /** Bits 0..31 and 32..63 of the perceptual hash. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  /** [rows, 9, 9, 3] */
  readonly colors: Uint8Array;

  constructor(rows: number) {
    this.low = new Uint32Array(rows);
    this.high = new Uint32Array(rows);
    this.colors = new Uint8Array(rows * COLOR_BYTES);
  }

  set(row: number, { phash, colors }: Look): void {
    this.low[row] = Number(phash & 0xffff_ffffn);
    this.high[row] = Number(phash >> 32n);
    this.colors.set(colors, row * COLOR_BYTES);
  }

  /** Bits in which the hashes of two rows differ. */
  bits(left: number, right: number): number {
    return countBits((this.low[left]! ^ this.low[right]!) >>> 0) + countBits((this.high[left]! ^ this.high[right]!) >>> 0);
  }

  /** As {@link colorDistance}. */
  colorDistance(left: number, right: number, limit: number): number {
    return colorDistance(this.colors, left, right, limit);
  }
}
