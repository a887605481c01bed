import { COLOR_BYTES, colorDistance } from '../image/color-signature.ts';
import { forEachHammingPair } from './hamming-pairs.ts';
import type { HammingPlan } from './hamming-plan.ts';
import type { ReduceColumns, ReduceOutput, ReduceTask } from './reduction.ts';

export interface SimilarPictureOptions {
  plan: HammingPlan;
  /** Whether pictures are compared as they are, or what stands in their white margins. */
  look: 'whole' | 'trimmed';
  /** Levels of 255 by which any channel of any cell of the colour signature may differ. */
  maxColorDistance: number;
  /** Up to so many a pair that isn't joined is noted. */
  nearColorDistance: number;
  /** How many times as wide or as high one trimmed part may be as the other. */
  maxScale: number;
}

/** Joins the items whose hashes and colours are close, and notes for both of a pair that nearly is the other and the distance of colours. */
export function reduceSimilarPictures(
  task: ReduceTask,
  partitions: readonly Uint32Array[],
  columns: ReduceColumns,
  { plan, look, maxColorDistance, nearColorDistance, maxScale }: SimilarPictureOptions,
  output: ReduceOutput,
): void {
  const pair = new Uint8Array(COLOR_BYTES * 2);
  forEachHammingPair(plan, task, partitions, (left, right) => {
    if (output.joined(left, right)) return;
    if (look === 'trimmed' && scaleBetween(columns, left, right) > maxScale) return;
    pair.set(columns[look].colorsOf(left));
    pair.set(columns[look].colorsOf(right), COLOR_BYTES);
    const color = colorDistance(pair, 0, 1, nearColorDistance);
    if (color <= maxColorDistance) output.join(left, right);
    else if (color <= nearColorDistance) {
      output.note(left, right, color);
      output.note(right, left, color);
    }
  });
}

function scaleBetween(columns: ReduceColumns, left: number, right: number): number {
  const width = columns.trimmedWidth(left) / columns.trimmedWidth(right);
  const height = columns.trimmedHeight(left) / columns.trimmedHeight(right);
  return Math.max(width, 1 / width, height, 1 / height);
}
