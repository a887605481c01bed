import { foldText, shinglesOf } from '../dedup/shingles.ts';

const NGRAM = 2;

/** Share of the pairs of characters of a text that are printed in the picture, 0..1. */
export function printedShare(text: string, read: string): number {
  const wanted = shinglesOf(foldText(text), NGRAM);
  const printed = new Set(shinglesOf(foldText(read), NGRAM));
  return wanted.length === 0 ? 0 : wanted.filter((shingle) => printed.has(shingle)).length / wanted.length;
}
