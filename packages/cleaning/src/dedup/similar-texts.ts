import type { UnionFind } from '../group/union-find.ts';
import { joinInto } from '../reduce/joined-sets.ts';
import { singleTasks } from '../reduce/reduce-here.ts';
import type { Reducer } from '../reduce/reduce-here.ts';
import type { ReduceColumns } from '../reduce/reduction.ts';
import type { SimilarTextOptions } from '../reduce/similar-texts.ts';
import { KeyedRecords } from './keyed-records.ts';
import { BANDS, minHashBands } from './min-hash.ts';
import { foldText, mix32, shinglesOf } from './shingles.ts';
import type { SpillOptions } from './spill-file.ts';

/**
 * Joins the items whose texts are alike: equal but for punctuation, spaces and case; or, if they are long enough, with a Jaccard
 * similarity of their character n-grams of at least `minJaccard`. Candidates come from MinHash bands and are compared shingle
 * by shingle, so that nothing is joined that is less alike.
 * @param items gives ascending numbers of the texts, each time it is called
 * @param count about how many
 * @param sets in which no two of the items are joined yet
 */
export async function joinSimilarTexts(
  items: () => Iterable<number>,
  count: number,
  columns: ReduceColumns,
  sets: UnionFind,
  options: SimilarTextOptions,
  { reduce, spill }: { reduce: Reducer; spill: SpillOptions | null },
): Promise<void> {
  const whole = new KeyedRecords(count, spill);
  for (const item of items()) {
    const folded = foldText(columns.text(item) ?? '');
    if (folded === '') continue;
    const [low, high] = textKey(folded);
    whole.addKey(low, high, item);
  }
  await reduce({ reduction: { kind: 'equal-keys' }, records: whole, tasks: singleTasks(whole) }, columns, joinInto(sets));
  const bands = new KeyedRecords(count * BANDS, spill);
  const keys = new Uint32Array(BANDS * 2);
  for (const item of items()) {
    // Of equal texts only the first is compared with others.
    if (sets.find(item) !== item) continue;
    const shingles = shinglesOf(foldText(columns.text(item) ?? ''), options.ngram);
    if (shingles.length === 0 || shingles.length < options.minShingles) continue;
    minHashBands(shingles, keys);
    for (let band = 0; band < BANDS; band += 1) bands.addKey(keys[band * 2]!, keys[band * 2 + 1]!, item);
  }
  const reduction = { kind: 'similar-texts', options } as const;
  await reduce({ reduction, records: bands, tasks: singleTasks(bands) }, columns, joinInto(sets));
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
