import { cosine } from '../dedup/cosine.ts';
import { forEachKeyGroup, KEY_WORDS } from '../dedup/keyed-records.ts';
import { joinAlike } from './join-alike.ts';
import type { ReduceColumns, ReduceOutput } from './reduction.ts';

export interface SimilarVectorOptions {
  minCosine: number;
}

/**
 * Joins the items that share a band of signs and have a cosine of at least `minCosine`.
 * @param records [records, 3]: key of a band, item
 */
export function reduceSimilarVectors(
  records: Uint32Array,
  columns: ReduceColumns,
  { minCosine }: SimilarVectorOptions,
  output: ReduceOutput,
): void {
  forEachKeyGroup(records, KEY_WORDS, (places) => {
    joinAlike(
      places.map((place) => records[place + 2]!),
      output,
      (left, right) => cosine(columns.vector(left)!, columns.vector(right)!) >= minCosine,
    );
  });
}
