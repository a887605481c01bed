import type { CaptionPair } from './caption-pairs.ts';
import { countNGrams } from './n-grams.ts';

const MAX_ORDER = 4;
// As pycocoevalcap has them: no smoothing, yet neither a division by zero nor a zero below the root.
const TINY = 1e-15;
const SMALL = 1e-9;

/**
 * Corpus BLEU-1 to BLEU-4 (Papineni et al., ACL 2002), from 0 to 1, without smoothing; the brevity penalty takes for each picture the
 * length of the reference that is closest, of two as close the shorter.
 */
export function bleu(pairs: readonly CaptionPair[]): [number, number, number, number] {
  const correct = new Float64Array(MAX_ORDER);
  const guessed = new Float64Array(MAX_ORDER);
  let candidateLength = 0;
  let referenceLength = 0;
  for (const { candidate, references } of pairs) {
    candidateLength += candidate.length;
    referenceLength += closestLength(candidate.length, references);
    const counted = references.map((reference) => countNGrams(reference, MAX_ORDER));
    for (const [index, counts] of countNGrams(candidate, MAX_ORDER).entries()) {
      guessed[index]! += Math.max(0, candidate.length - index);
      for (const [key, count] of counts) {
        const most = Math.max(...counted.map((reference) => reference[index]!.get(key) ?? 0));
        correct[index]! += Math.min(count, most);
      }
    }
  }
  const ratio = (candidateLength + TINY) / (referenceLength + SMALL);
  const penalty = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  const scores = Array.from(correct, (hits, index) => {
    product *= (hits + TINY) / (guessed[index]! + SMALL);
    return product ** (1 / (index + 1)) * penalty;
  });
  return scores as [number, number, number, number];
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  return references
    .map((reference) => reference.length)
    .reduce((best, other) => {
      const difference = Math.abs(other - length) - Math.abs(best - length);
      return difference < 0 || (difference === 0 && other < best) ? other : best;
    });
}
