import { SpillFile } from './spill-file.ts';
import type { SpillOptions } from './spill-file.ts';

const ARRAYS = { u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
/** How each number of a column is stored. */
export type NumberKind = keyof typeof ARRAYS;
type Page = InstanceType<(typeof ARRAYS)[NumberKind]>;

const PAGE_BITS = 12;
const PAGE_NUMBERS = 2 ** PAGE_BITS;
/** Columns of numbers are many, and short beside those of texts and colours: each gets a part of the memory of a spool. */
const SHARE = 8;

/**
 * Numbers by index, at any place and in any order: in memory up to a limit, beyond it in pages of a file, of which those brought
 * in last are held. Numbers that were never set are `fill`.
 */
export class NumberColumn {
  readonly #kind: NumberKind;
  readonly #fill: number;
  readonly #spill: SpillOptions | null;
  readonly #pageBytes: number;
  readonly #maxResident: number;
  readonly #pages: (Page | undefined)[] = [];
  /** Pages in memory, from the one that came first; used as a ring once it is full. */
  readonly #resident: number[] = [];
  #next = 0;
  /** Pages that are changed, and that lie in the file. */
  #dirty: Uint8Array = new Uint8Array(16);
  #filed: Uint8Array = new Uint8Array(16);
  #file: SpillFile | null = null;

  constructor(kind: NumberKind, { fill = 0, spill }: { fill?: number; spill: SpillOptions | null }) {
    this.#kind = kind;
    this.#fill = fill;
    this.#spill = spill;
    this.#pageBytes = PAGE_NUMBERS * ARRAYS[kind].BYTES_PER_ELEMENT;
    this.#maxResident = spill === null ? Infinity : Math.max(2, Math.floor(spill.memoryBytes / SHARE / this.#pageBytes));
  }

  get(index: number): number {
    const page = this.#pages[index >>> PAGE_BITS] ?? this.#bring(index >>> PAGE_BITS);
    return page[index & (PAGE_NUMBERS - 1)]!;
  }

  set(index: number, value: number): void {
    const at = index >>> PAGE_BITS;
    const page = this.#pages[at] ?? this.#bring(at);
    page[index & (PAGE_NUMBERS - 1)] = value;
    this.#dirty[at] = 1;
  }

  close(): void {
    this.#pages.length = 0;
    if (this.#file === null) return;
    this.#file.remove();
    this.#file = null;
  }

  #bring(at: number): Page {
    if (at >= this.#dirty.length) {
      const room = Math.max(at + 1, this.#dirty.length * 2);
      this.#dirty = grown(this.#dirty, room);
      this.#filed = grown(this.#filed, room);
    }
    if (this.#resident.length < this.#maxResident) this.#resident.push(at);
    else {
      this.#evict(this.#resident[this.#next]!);
      this.#resident[this.#next] = at;
      this.#next = (this.#next + 1) % this.#maxResident;
    }
    const page = new ARRAYS[this.#kind](PAGE_NUMBERS);
    if (this.#filed[at] === 1) this.#file!.read(new Uint8Array(page.buffer), at * this.#pageBytes);
    else if (this.#fill !== 0) page.fill(this.#fill);
    // Else the array would be one with holes.
    while (this.#pages.length < at) this.#pages.push(undefined);
    this.#pages[at] = page;
    return page;
  }

  #evict(at: number): void {
    const page = this.#pages[at]!;
    this.#pages[at] = undefined;
    if (this.#dirty[at] === 0) return;
    this.#file ??= SpillFile.create(this.#spill!.folder);
    this.#file.write(new Uint8Array(page.buffer), at * this.#pageBytes);
    this.#filed[at] = 1;
    this.#dirty[at] = 0;
  }
}

function grown(flags: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(flags);
  return longer;
}
