import { forEachKeyGroup, KEY_WORDS } from '../dedup/keyed-records.ts';
import { foldText, jaccard, shinglesOf } from '../dedup/shingles.ts';
import { joinAlike } from './join-alike.ts';
import type { ReduceColumns, ReduceOutput } from './reduction.ts';

export interface SimilarTextOptions {
  /** Characters of a shingle. */
  ngram: number;
  /** Share of the shingles of either text that both must have. */
  minJaccard: number;
  /** Texts of fewer shingles are compared as a whole, punctuation and spaces left out: a few n-grams say too little. */
  minShingles: number;
}

/** Texts already cut into shingles; a few thousand, since those that share a band come one after the other. */
const CACHED = 4096;

/**
 * Joins the items that share a band of their MinHash signature and have a Jaccard similarity of their shingles of at least `minJaccard`.
 * @param records [records, 3]: key of a band, item
 */
export function reduceSimilarTexts(
  records: Uint32Array,
  columns: ReduceColumns,
  { ngram, minJaccard }: SimilarTextOptions,
  output: ReduceOutput,
): void {
  const cache = new Map<number, Int32Array>();
  const shinglesFor = (item: number): Int32Array => {
    const known = cache.get(item);
    if (known !== undefined) return known;
    if (cache.size >= CACHED) cache.clear();
    const shingles = shinglesOf(foldText(columns.text(item) ?? ''), ngram);
    cache.set(item, shingles);
    return shingles;
  };
  forEachKeyGroup(records, KEY_WORDS, (places) => {
    joinAlike(
      places.map((place) => records[place + 2]!),
      output,
      (left, right) => jaccard(shinglesFor(left), shinglesFor(right)) >= minJaccard,
    );
  });
}
