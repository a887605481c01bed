import { ByteSpool } from './byte-spool.ts';
import { NumberColumn } from './number-column.ts';
import type { SpillOptions } from './spill-file.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** UTF-8 has no such byte. */
const NULL_MARK = Uint8Array.of(0xff);

/** Strings, or null, by number, in a {@link ByteSpool}. */
export class StringColumn {
  readonly #spool: ByteSpool;
  readonly #ends: NumberColumn;
  #length = 0;

  constructor(spill: SpillOptions | null) {
    this.#spool = new ByteSpool(spill);
    this.#ends = new NumberColumn('f64', { spill });
  }

  get length(): number {
    return this.#length;
  }

  push(text: string | null): void {
    this.#spool.append(text === null ? NULL_MARK : encoder.encode(text));
    this.#ends.set(this.#length, this.#spool.size);
    this.#length += 1;
  }

  get(index: number): string | null {
    const start = index === 0 ? 0 : this.#ends.get(index - 1);
    const bytes = this.#spool.read(start, this.#ends.get(index) - start);
    return bytes.byteLength === 1 && bytes[0] === NULL_MARK[0] ? null : decoder.decode(bytes);
  }

  close(): void {
    this.#spool.close();
    this.#ends.close();
  }
}
