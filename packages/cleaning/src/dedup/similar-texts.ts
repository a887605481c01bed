import type { UnionFind } from '../group/union-find.ts';
import type { SpillOptions } from './byte-spool.ts';
import { KeyGroups } from './key-groups.ts';
import { BANDS, minHashBands } from './min-hash.ts';
import { foldText, jaccard, mix32, shinglesOf } from './shingles.ts';

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
 * Joins the items whose texts are alike: equal but for punctuation, spaces and case; or, if they are long enough, with a Jaccard
 * similarity of their character n-grams of at least `minJaccard`. Candidates come from MinHash bands and are compared shingle
 * by shingle, so that nothing is joined that is less alike.
 * @param items ascending numbers of the texts
 * @param textOf the text of an item; may be read from a file
 * @param sets in which no two of the items are joined yet
 */
export function joinSimilarTexts(
  items: Uint32Array,
  textOf: (item: number) => string | null,
  sets: UnionFind,
  options: SimilarTextOptions,
  spill: SpillOptions | null,
): void {
  const whole = new KeyGroups(spill);
  const bands = new KeyGroups(spill);
  const keys = new Uint32Array(BANDS * 2);
  try {
    for (const item of items) {
      const folded = foldText(textOf(item) ?? '');
      if (folded === '') continue;
      const [low, high] = textKey(folded);
      whole.add(low, high, item);
    }
    whole.forEachGroup((group) => {
      for (const item of group) sets.union(group[0]!, item);
    });
    for (const item of items) {
      // Of equal texts only the first is compared with others.
      if (sets.find(item) !== item) continue;
      const shingles = shinglesOf(foldText(textOf(item) ?? ''), options.ngram);
      if (shingles.length === 0 || shingles.length < options.minShingles) continue;
      minHashBands(shingles, keys);
      for (let band = 0; band < BANDS; band += 1) bands.add(keys[band * 2]!, keys[band * 2 + 1]!, item);
    }
    const cache = new Map<number, Int32Array>();
    const shinglesFor = (item: number): Int32Array => {
      const known = cache.get(item);
      if (known !== undefined) return known;
      if (cache.size >= CACHED) cache.clear();
      const shingles = shinglesOf(foldText(textOf(item) ?? ''), options.ngram);
      cache.set(item, shingles);
      return shingles;
    };
    bands.forEachGroup((group) => {
      for (let right = 1; right < group.length; right += 1) {
        for (let left = 0; left < right; left += 1) {
          const [first, second] = [group[left]!, group[right]!];
          if (sets.find(first) === sets.find(second)) continue;
          if (jaccard(shinglesFor(first), shinglesFor(second)) >= options.minJaccard) sets.union(first, second);
        }
      }
    });
  } finally {
    whole.close();
    bands.close();
  }
}

/** A 64-bit key of a folded text, as low and high halves, without the cost of a cryptographic hash. */
export function textKey(folded: string): [low: number, high: number] {
  let low = 0x811c9dc5;
  let high = 0x9e3779b1;
  for (let at = 0; at < folded.length; at += 1) {
    const unit = folded.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(mix32(high ^ unit), 0x85ebca6b);
  }
  return [mix32(low) >>> 0, mix32(high ^ low) >>> 0];
}
