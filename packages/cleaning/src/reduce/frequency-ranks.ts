import { forEachKeyGroup, KEY_WORDS } from '../dedup/keyed-records.ts';
import type { ReduceOutput } from './reduction.ts';

/** Words of a record: key, item, and the upper and lower half of a number that was drawn. */
const WORDS = KEY_WORDS + 2;

/** Notes for each item its rank, from 0, among those of its key by the number drawn, where two and more have the key. @param records [records, 5] */
export function reduceFrequencyRanks(records: Uint32Array, output: ReduceOutput): void {
  forEachKeyGroup(records, WORDS, (places) => {
    const ranked = [...places].sort(
      (left, right) => records[left + 3]! - records[right + 3]! || records[left + 4]! - records[right + 4]! || left - right,
    );
    for (const [rank, place] of ranked.entries()) output.note(records[place + 2]!, 0, rank);
  });
}
