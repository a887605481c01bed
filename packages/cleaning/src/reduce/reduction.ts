import { reduceDistinctValues } from './distinct-values.ts';
import { reduceEqualKeys } from './equal-keys.ts';
import { reduceFrequencyRanks } from './frequency-ranks.ts';
import { reduceSimilarPictures } from './similar-pictures.ts';
import type { SimilarPictureOptions } from './similar-pictures.ts';
import { reduceSimilarTexts } from './similar-texts.ts';
import type { SimilarTextOptions } from './similar-texts.ts';
import { reduceSimilarVectors } from './similar-vectors.ts';
import type { SimilarVectorOptions } from './similar-vectors.ts';
import type { LookColumns } from '../group/look-columns.ts';

/** What is made of the records of one partition; plain data, so that another machine can be told. */
export type Reduction =
  | { kind: 'equal-keys' | 'distinct-values' | 'frequency-ranks' }
  | { kind: 'similar-pictures'; options: SimilarPictureOptions }
  | { kind: 'similar-texts'; options: SimilarTextOptions }
  | { kind: 'similar-vectors'; options: SimilarVectorOptions };

/** Partitions that are reduced together; most often one. */
export type ReduceTask = readonly number[];

/** What reductions look up of the items of their records. */
export interface ReduceColumns {
  /** Items are 0..rows-1. */
  rows: number;
  text(item: number): string | null;
  /** [dimension] */
  vector(item: number): Float32Array | null;
  hasPicture(item: number): boolean;
  /** [9, 9, 3] of items with a picture, good until the next call. */
  whole: Pick<LookColumns, 'colorsOf'>;
  trimmed: Pick<LookColumns, 'colorsOf'>;
  trimmedWidth(item: number): number;
  trimmedHeight(item: number): number;
}

/** Where the result of a reduction goes. Items are joined in sets; what else is found of one is noted. */
export interface ReduceOutput {
  /** Whether both are in one set by what was joined so far. May be false though another partition joins them. */
  joined(left: number, right: number): boolean;
  join(left: number, right: number): void;
  /** @param item @param other 0 where there is none @param value a whole number below 2^32 */
  note(item: number, other: number, value: number): void;
}

/** Reduces the partitions of one task, given as they were loaded, [records, words] each. */
export function reduce(
  reduction: Reduction,
  task: ReduceTask,
  partitions: readonly Uint32Array[],
  columns: ReduceColumns,
  output: ReduceOutput,
): void {
  const [records] = partitions as [Uint32Array];
  switch (reduction.kind) {
    case 'equal-keys':
      return reduceEqualKeys(records, output);
    case 'distinct-values':
      return reduceDistinctValues(records, output);
    case 'frequency-ranks':
      return reduceFrequencyRanks(records, output);
    case 'similar-pictures':
      return reduceSimilarPictures(task, partitions, columns, reduction.options, output);
    case 'similar-texts':
      return reduceSimilarTexts(records, columns, reduction.options, output);
    case 'similar-vectors':
      return reduceSimilarVectors(records, columns, reduction.options, output);
  }
}
