import { NumberColumn } from './number-column.ts';
import type { SpillOptions } from './spill-file.ts';

/** 64-bit keys by index, as two halves; 0 stands for none. */
export class KeyColumn {
  readonly #halves: NumberColumn;

  constructor(spill: SpillOptions | null) {
    this.#halves = new NumberColumn('u32', { spill });
  }

  set(index: number, key: bigint): void {
    this.#halves.set(index * 2, Number(key & 0xffff_ffffn));
    this.#halves.set(index * 2 + 1, Number(key >> 32n));
  }

  get(index: number): bigint {
    return (BigInt(this.high(index)) << 32n) | BigInt(this.low(index));
  }

  /** Bits 0..31. */
  low(index: number): number {
    return this.#halves.get(index * 2);
  }

  /** Bits 32..63. */
  high(index: number): number {
    return this.#halves.get(index * 2 + 1);
  }

  isNone(index: number): boolean {
    return this.low(index) === 0 && this.high(index) === 0;
  }

  close(): void {
    this.#halves.close();
  }
}
