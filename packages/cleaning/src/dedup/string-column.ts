import { ByteSpool } from './byte-spool.ts';
import type { SpillOptions } from './byte-spool.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** UTF-8 has no such byte. */
const NULL_MARK = Uint8Array.of(0xff);

/** Strings, or null, by number; eight bytes of memory each, the rest in a {@link ByteSpool}. */
export class StringColumn {
  readonly #spool: ByteSpool;
  #ends = new Float64Array(1024);
  #length = 0;

  constructor(spill: SpillOptions | null) {
    this.#spool = new ByteSpool(spill);
  }

  get length(): number {
    return this.#length;
  }

  push(text: string | null): void {
    if (this.#length === this.#ends.length) {
      const grown = new Float64Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#spool.append(text === null ? NULL_MARK : encoder.encode(text));
    this.#ends[this.#length] = this.#spool.size;
    this.#length += 1;
  }

  get(index: number): string | null {
    const start = index === 0 ? 0 : this.#ends[index - 1]!;
    const bytes = this.#spool.read(start, this.#ends[index]! - start);
    return bytes.byteLength === 1 && bytes[0] === NULL_MARK[0] ? null : decoder.decode(bytes);
  }

  close(): void {
    this.#spool.close();
  }
}
