import { SpillFile } from './spill-file.ts';
import type { SpillOptions } from './spill-file.ts';

const FIRST_RECORDS = 64;
const MAX_BUFFERED = 1 << 13;
const MIN_BUFFERED = 256;
/** A partition of so many and its tables lie in the cache of a core. */
const PARTITION_RECORDS = 2 ** 17;
const MAX_PARTITIONS = 4096;

/** How many partitions, a power of two, so many records are split over. */
export function partitionsFor(records: number, spill: SpillOptions | null): number {
  let partitions = 1;
  while (partitions < MAX_PARTITIONS && records / partitions > (spill?.partitionRecords ?? PARTITION_RECORDS)) partitions *= 2;
  return partitions;
}

/**
 * Records of a few 32-bit words, split over partitions as they come; beyond the memory allowed they lie in a file, and one
 * partition at a time comes back (the first half of a Grace hash join).
 */
export class PartitionedRecords {
  readonly words: number;
  readonly partitions: number;
  readonly #spill: SpillOptions | null;
  readonly #buffers: Uint32Array[];
  readonly #counts: Uint32Array;
  /** Of each partition: where its segments begin in the file, and how many records each has. */
  readonly #segments: { position: number; records: number }[][];
  readonly #limitRecords: number;
  #file: SpillFile | null = null;
  #filed = 0;

  /** @param words of a record, 3 to 5 */
  constructor(words: number, partitions: number, spill: SpillOptions | null) {
    this.words = words;
    this.partitions = partitions;
    this.#spill = spill;
    this.#buffers = Array.from({ length: partitions }, () => new Uint32Array(FIRST_RECORDS * words));
    this.#counts = new Uint32Array(partitions);
    this.#segments = Array.from({ length: partitions }, () => []);
    this.#limitRecords =
      spill === null
        ? Infinity
        : Math.max(MIN_BUFFERED, Math.min(MAX_BUFFERED, Math.floor(spill.memoryBytes / partitions / words / 4)));
  }

  /** Whether there was more than one partition is made for. */
  get isDivided(): boolean {
    return this.partitions > 1;
  }

  add(partition: number, first: number, second: number, third: number, fourth = 0, fifth = 0): void {
    let buffer = this.#buffers[partition]!;
    let at = this.#counts[partition]! * this.words;
    if (at === buffer.length) {
      if (this.#counts[partition]! >= this.#limitRecords) {
        this.#flush(partition);
        at = 0;
      } else {
        const grown = new Uint32Array(buffer.length * 2);
        grown.set(buffer);
        buffer = this.#buffers[partition] = grown;
      }
    }
    buffer[at] = first;
    buffer[at + 1] = second;
    buffer[at + 2] = third;
    if (this.words > 3) buffer[at + 3] = fourth;
    if (this.words > 4) buffer[at + 4] = fifth;
    this.#counts[partition]! += 1;
  }

  /** The records of a partition in the order in which they were added, [records, words]; good until the next is added. */
  load(partition: number): Uint32Array {
    const buffered = this.#buffers[partition]!.subarray(0, this.#counts[partition]! * this.words);
    const segments = this.#segments[partition]!;
    if (segments.length === 0) return buffered;
    const filed = segments.reduce((sum, { records }) => sum + records * this.words, 0);
    const all = new Uint32Array(filed + buffered.length);
    let at = 0;
    for (const { position, records } of segments) {
      this.#file!.read(new Uint8Array(all.buffer, at * 4, records * this.words * 4), position);
      at += records * this.words;
    }
    all.set(buffered, at);
    return all;
  }

  /** Visits one partition after the other, and removes all. */
  forEachPartition(visit: (records: Uint32Array) => void): void {
    for (let partition = 0; partition < this.partitions; partition += 1) visit(this.load(partition));
    this.close();
  }

  close(): void {
    this.#buffers.length = 0;
    this.#file?.remove();
    this.#file = null;
  }

  #flush(partition: number): void {
    this.#file ??= SpillFile.create(this.#spill!.folder);
    const records = this.#counts[partition]!;
    const { buffer, byteOffset } = this.#buffers[partition]!;
    const bytes = new Uint8Array(buffer, byteOffset, records * this.words * 4);
    this.#file.write(bytes, this.#filed);
    this.#segments[partition]!.push({ position: this.#filed, records });
    this.#filed += bytes.byteLength;
    this.#counts[partition] = 0;
  }
}
