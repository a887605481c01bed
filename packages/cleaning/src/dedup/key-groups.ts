import { closeSync, readSync, rmSync } from 'node:fs';
import { openFile, writeWhole } from './byte-spool.ts';
import type { SpillOptions } from './byte-spool.ts';

const PARTITIONS = 64;
/** Low and high half of the key, and the item. */
const WORDS = 3;
const RECORD_BYTES = WORDS * 4;
const FIRST_RECORDS = 64;
const MAX_BUFFERED = 1 << 13;

/**
 * Brings together the items that have the same 64-bit key. Records are split over partitions by their key; beyond the memory
 * allowed they lie in a file, and one partition at a time comes back (a Grace hash join). Keys have to be well mixed.
 */
export class KeyGroups {
  readonly #spill: SpillOptions | null;
  readonly #buffers: Uint32Array[] = Array.from({ length: PARTITIONS }, () => new Uint32Array(FIRST_RECORDS * WORDS));
  readonly #counts = new Uint32Array(PARTITIONS);
  /** Of each partition: where its segments begin in the file, and how many records each has. */
  readonly #segments: { position: number; records: number }[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly #limitRecords: number;
  #file: { path: string; descriptor: number } | null = null;
  #filed = 0;

  constructor(spill: SpillOptions | null) {
    this.#spill = spill;
    this.#limitRecords =
      spill === null
        ? Infinity
        : Math.max(256, Math.min(MAX_BUFFERED, Math.floor(spill.memoryBytes / PARTITIONS / RECORD_BYTES)));
  }

  add(low: number, high: number, item: number): void {
    const partition = high >>> 26;
    let buffer = this.#buffers[partition]!;
    const count = this.#counts[partition]!;
    if ((count + 1) * WORDS > buffer.length) {
      if (count >= this.#limitRecords) {
        this.#flush(partition);
        this.add(low, high, item);
        return;
      }
      const grown = new Uint32Array(buffer.length * 2);
      grown.set(buffer);
      buffer = this.#buffers[partition] = grown;
    }
    const at = count * WORDS;
    buffer[at] = low;
    buffer[at + 1] = high;
    buffer[at + 2] = item;
    this.#counts[partition] = count + 1;
  }

  addKey(key: bigint, item: number): void {
    this.add(Number(key & 0xffff_ffffn), Number(key >> 32n), item);
  }

  /** @param visit of the items of each key that has two or more, in the order in which they were added; the array is used again */
  forEachGroup(visit: (items: number[]) => void): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const records = this.#load(partition);
      if (records.length > 0) groupRecords(records, visit);
    }
  }

  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file.descriptor);
    rmSync(this.#file.path, { force: true });
    this.#file = null;
  }

  #flush(partition: number): void {
    this.#file ??= openFile(this.#spill!.folder);
    const records = this.#counts[partition]!;
    const words = this.#buffers[partition]!.subarray(0, records * WORDS);
    writeWhole(this.#file, new Uint8Array(words.buffer, words.byteOffset, words.byteLength), this.#filed);
    this.#segments[partition]!.push({ position: this.#filed, records });
    this.#filed += words.byteLength;
    this.#counts[partition] = 0;
  }

  #load(partition: number): Uint32Array {
    const buffered = this.#buffers[partition]!.subarray(0, this.#counts[partition]! * WORDS);
    const segments = this.#segments[partition]!;
    if (segments.length === 0) return buffered;
    const total = segments.reduce((sum, { records }) => sum + records * WORDS, 0);
    const all = new Uint32Array(total + buffered.length);
    let at = 0;
    for (const { position, records } of segments) {
      const target = new Uint8Array(all.buffer, at * 4, records * RECORD_BYTES);
      let read = 0;
      while (read < target.byteLength) {
        const count = readSync(this.#file!.descriptor, target, read, target.byteLength - read, position + read);
        if (count === 0) throw new Error(`The file ${this.#file!.path} was cut while it was in use; run the same command again.`);
        read += count;
      }
      at += records * WORDS;
    }
    all.set(buffered, at);
    return all;
  }
}

/** By a table with open addressing of the first record of each key, and a chain of those after it. */
function groupRecords(records: Uint32Array, visit: (items: number[]) => void): void {
  const count = records.length / WORDS;
  let size = 16;
  while (size < count * 2) size *= 2;
  const heads = new Int32Array(size).fill(-1);
  const next = new Int32Array(count).fill(-1);
  const last = new Int32Array(count);
  const grouped: number[] = [];
  for (let record = 0; record < count; record += 1) {
    const low = records[record * WORDS]!;
    const high = records[record * WORDS + 1]!;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & (size - 1);
    let head = heads[slot]!;
    while (head >= 0 && (records[head * WORDS] !== low || records[head * WORDS + 1] !== high)) {
      slot = (slot + 1) & (size - 1);
      head = heads[slot]!;
    }
    if (head < 0) {
      heads[slot] = record;
      last[record] = record;
      continue;
    }
    if (last[head] === head) grouped.push(head);
    next[last[head]!] = record;
    last[head] = record;
  }
  const items: number[] = [];
  for (const head of grouped) {
    items.length = 0;
    for (let record = head; record >= 0; record = next[record]!) items.push(records[record * WORDS + 2]!);
    visit(items);
  }
}
