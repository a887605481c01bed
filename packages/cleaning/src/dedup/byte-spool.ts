import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DiskFullError } from '@wenlan/shards';

const BLOCK_BYTES = 1 << 20;
const WINDOW_BYTES = 1 << 16;

/** Where grouping lays down what doesn't fit into memory. */
export interface SpillOptions {
  /** Made when it is needed; files in it are removed by `close`. */
  folder: string;
  /** Bytes of one spool that are held in memory before it goes to a file. */
  memoryBytes: number;
}

let spools = 0;

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
  #file: { path: string; descriptor: number } | null = null;
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
    this.#pread(this.#window.subarray(0, wanted), start);
    this.#windowStart = start;
    this.#windowEnd = start + wanted;
    return this.#window.subarray(0, length);
  }

  close(): void {
    this.#blocks = [];
    if (this.#file === null) return;
    closeSync(this.#file.descriptor);
    rmSync(this.#file.path, { force: true });
    this.#file = null;
  }

  #grow(): void {
    if (this.#spill !== null && this.#blocks.length > 0 && this.#blocks.length * BLOCK_BYTES >= this.#spill.memoryBytes) {
      this.#file ??= openFile(this.#spill.folder);
      for (const block of this.#blocks) {
        writeWhole(this.#file, block, this.#filed);
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
    if (inFile > 0) this.#pread(bytes.subarray(0, inFile), start);
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

  #pread(target: Uint8Array, position: number): void {
    let read = 0;
    while (read < target.byteLength) {
      const count = readSync(this.#file!.descriptor, target, read, target.byteLength - read, position + read);
      if (count === 0) throw new Error(`The file ${this.#file!.path} was cut while it was in use; run the same command again.`);
      read += count;
    }
  }
}

/** A new file for spilling, open for reading and writing. */
export function openFile(folder: string): { path: string; descriptor: number } {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `spill-${process.pid}-${(spools += 1)}.tmp`);
  return { path, descriptor: openSync(path, 'w+') };
}

/** @throws DiskFullError */
export function writeWhole(
  { path, descriptor }: { path: string; descriptor: number },
  bytes: Uint8Array,
  position: number,
): void {
  let written = 0;
  try {
    while (written < bytes.byteLength)
      written += writeSync(descriptor, bytes, written, bytes.byteLength - written, position + written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new DiskFullError(path, { cause: error });
    throw error;
  }
}
