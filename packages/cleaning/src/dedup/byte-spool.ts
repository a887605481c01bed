import { SpillFile } from './spill-file.ts';
import type { SpillOptions } from './spill-file.ts';

const BLOCK_BYTES = 1 << 20;
const WINDOW_BYTES = 1 << 16;

/**
 * Bytes that are written once, one after the other, and read at any place: in memory up to a limit, then in a file. Reads one
 * after the other cost a read of the file every 64 KiB.
 */
export class ByteSpool {
  readonly #spill: SpillOptions | null;
  #blocks: Uint8Array[] = [];
  /** Bytes in the file, all before the first block. */
  #filed = 0;
  #size = 0;
  #file: SpillFile | null = null;
  readonly #window = new Uint8Array(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;
  #lastEnd = -1;

  constructor(spill: SpillOptions | null) {
    this.#spill = spill;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns where the bytes begin */
  append(bytes: Uint8Array): number {
    const start = this.#size;
    let at = 0;
    while (at < bytes.byteLength) {
      const inBlock = (this.#size - this.#filed) % BLOCK_BYTES;
      if (inBlock === 0 && this.#size - this.#filed === this.#blocks.length * BLOCK_BYTES) this.#grow();
      const block = this.#blocks.at(-1)!;
      const part = bytes.subarray(at, at + BLOCK_BYTES - inBlock);
      block.set(part, inBlock);
      at += part.byteLength;
      this.#size += part.byteLength;
    }
    return start;
  }

  /** A view that is good until the next call. */
  read(start: number, length: number): Uint8Array {
    if (length === 0) return this.#window.subarray(0, 0);
    const end = start + length;
    if (start >= this.#filed) {
      const first = Math.floor((start - this.#filed) / BLOCK_BYTES);
      const inBlock = (start - this.#filed) % BLOCK_BYTES;
      if (inBlock + length <= BLOCK_BYTES) return this.#blocks[first]!.subarray(inBlock, inBlock + length);
    }
    if (start >= this.#windowStart && end <= this.#windowEnd)
      return this.#window.subarray(start - this.#windowStart, end - this.#windowStart);
    if (end > this.#filed || length > WINDOW_BYTES) return this.#gather(start, end);
    const sequential = start === this.#lastEnd;
    this.#lastEnd = end;
    const wanted = sequential ? Math.min(WINDOW_BYTES, this.#filed - start) : length;
    this.#file!.read(this.#window.subarray(0, wanted), start);
    this.#windowStart = start;
    this.#windowEnd = start + wanted;
    return this.#window.subarray(0, length);
  }

  close(): void {
    this.#blocks = [];
    if (this.#file === null) return;
    this.#file.remove();
    this.#file = null;
  }

  #grow(): void {
    if (this.#spill !== null && this.#blocks.length > 0 && this.#blocks.length * BLOCK_BYTES >= this.#spill.memoryBytes) {
      this.#file ??= SpillFile.create(this.#spill.folder);
      for (const block of this.#blocks) {
        this.#file.write(block, this.#filed);
        this.#filed += block.byteLength;
      }
      this.#blocks = [];
    }
    this.#blocks.push(new Uint8Array(BLOCK_BYTES));
  }

  /** What lies across blocks, or across the file and a block. */
  #gather(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    const inFile = Math.max(0, Math.min(end, this.#filed) - start);
    if (inFile > 0) this.#file!.read(bytes.subarray(0, inFile), start);
    let at = start + inFile;
    while (at < end) {
      const block = this.#blocks[Math.floor((at - this.#filed) / BLOCK_BYTES)]!;
      const inBlock = (at - this.#filed) % BLOCK_BYTES;
      const part = block.subarray(inBlock, Math.min(BLOCK_BYTES, inBlock + end - at));
      bytes.set(part, at - start);
      at += part.byteLength;
    }
    return bytes;
  }
}
