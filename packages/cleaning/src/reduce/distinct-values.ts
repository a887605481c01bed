import { forEachKeyGroup, KEY_WORDS } from '../dedup/keyed-records.ts';
import type { ReduceOutput } from './reduction.ts';

/** Words of a record: key, item, and a value of 64 bits. */
const WORDS = KEY_WORDS + 2;

/** Notes for each item how many distinct values the items of its key have, where two and more have the key. @param records [records, 5] */
export function reduceDistinctValues(records: Uint32Array, output: ReduceOutput): void {
  forEachKeyGroup(records, WORDS, (places) => {
    const values = new Set(places.map((place) => (BigInt(records[place + 4]!) << 32n) | BigInt(records[place + 3]!)));
    for (const place of places) output.note(records[place + 2]!, 0, values.size);
  });
}
