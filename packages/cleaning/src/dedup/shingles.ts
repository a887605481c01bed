/** What carries no meaning where two texts are compared. */
const IGNORED = /[\p{P}\p{S}\p{Z}\p{C}]+/gu;

/** A text as near-duplicates are compared: no punctuation, no white space, lower case. */
export const foldText = (text: string): string => text.normalize('NFKC').replaceAll(IGNORED, '').toLowerCase();

/** Mixes 32 bits (the finalizer of MurmurHash3). */
export function mix32(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * Hashes of the n-grams of characters of a folded text, each once, ascending. Character n-grams need no words, which Chinese
 * text doesn't separate.
 */
export function shinglesOf(folded: string, ngram: number): Int32Array {
  const points: number[] = [];
  for (const character of folded) points.push(character.codePointAt(0)!);
  if (points.length === 0) return new Int32Array();
  const count = Math.max(1, points.length - ngram + 1);
  const hashes = new Int32Array(count);
  for (let start = 0; start < count; start += 1) {
    let hash = 0x811c9dc5;
    for (let at = start; at < Math.min(points.length, start + ngram); at += 1)
      hash = mix32(Math.imul(hash ^ points[at]!, 0x01000193));
    hashes[start] = hash;
  }
  hashes.sort();
  let unique = 1;
  for (let at = 1; at < count; at += 1) {
    if (hashes[at] === hashes[at - 1]) continue;
    hashes[unique] = hashes[at]!;
    unique += 1;
  }
  return hashes.subarray(0, unique);
}

/** Share of the shingles of either that both have: |A ∩ B| / |A ∪ B| of two ascending sets. */
export function jaccard(left: Int32Array, right: Int32Array): number {
  let shared = 0;
  let first = 0;
  let second = 0;
  while (first < left.length && second < right.length) {
    const difference = left[first]! - right[second]!;
    if (difference === 0) shared += 1;
    if (difference <= 0) first += 1;
    if (difference >= 0) second += 1;
  }
  const all = left.length + right.length - shared;
  return all === 0 ? 0 : shared / all;
}
