import { PartitionedRecords, partitionsFor } from './partitioned-records.ts';
import type { SpillOptions } from './spill-file.ts';

/** Low and high half of the key, and the item. */
export const KEY_WORDS = 3;

/** Records of items by a 64-bit key, which has to be well mixed: all of one key lie in one partition. */
export class KeyedRecords extends PartitionedRecords {
  readonly #shift: number;

  /** @param records how many come, about; @param values words of a record beside key and item */
  constructor(records: number, spill: SpillOptions | null, values = 0) {
    super(KEY_WORDS + values, partitionsFor(records, spill), spill);
    this.#shift = 31 - Math.log2(this.partitions);
  }

  addKey(low: number, high: number, item: number, first = 0, second = 0): void {
    this.add(this.partitionOf(high), low, high, item, first, second);
  }

  /** @param high half of a key */
  partitionOf(high: number): number {
    // By 31 at most at once: a shift by 32 is none.
    return (high >>> 1) >>> this.#shift;
  }
}

/**
 * Calls `visit` with the places of the records of each key that two or more have, in the order of the records; the array is used
 * again. By a table with open addressing of the first record of each key, and a chain of those after it.
 * @param records [records, words], the key in the first two
 */
export function forEachKeyGroup(records: Uint32Array, words: number, visit: (places: number[]) => void): void {
  const count = records.length / words;
  let size = 16;
  while (size < count * 2) size *= 2;
  const heads = new Int32Array(size).fill(-1);
  const next = new Int32Array(count).fill(-1);
  const last = new Int32Array(count);
  const grouped: number[] = [];
  for (let record = 0; record < count; record += 1) {
    const low = records[record * words]!;
    const high = records[record * words + 1]!;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & (size - 1);
    let head = heads[slot]!;
    while (head >= 0 && (records[head * words] !== low || records[head * words + 1] !== high)) {
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
  const places: number[] = [];
  for (const head of grouped) {
    places.length = 0;
    for (let record = head; record >= 0; record = next[record]!) places.push(record * words);
    visit(places);
  }
}
