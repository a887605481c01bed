import { forEachKeyGroup, KEY_WORDS } from '../dedup/keyed-records.ts';
import type { ReduceOutput } from './reduction.ts';

/** Joins the items of each key. @param records [records, 3]: key, item */
export function reduceEqualKeys(records: Uint32Array, output: ReduceOutput): void {
  forEachKeyGroup(records, KEY_WORDS, (places) => {
    const first = records[places[0]! + 2]!;
    for (const place of places.slice(1)) output.join(first, records[place + 2]!);
  });
}
