import type { CaptionPair } from './caption-pairs.ts';
import { alignExact } from './meteor-alignment.ts';
import { FUNCTION_PUNCTUATION, meteorWords } from './meteor-words.ts';

// METEOR 1.5's parameters for English, task `rank`, the jar's default.
const ALPHA = 0.85;
const BETA = 0.2;
const GAMMA = 0.6;
const DELTA = 0.75;

/** What METEOR sums over pictures before it computes the figure of a corpus. */
interface MeteorCounts {
  /** Words, and those among them that are function words. */
  candidate: number;
  candidateFunction: number;
  reference: number;
  referenceFunction: number;
  matched: number;
  matchedFunction: number;
  chunks: number;
}

/**
 * METEOR 1.5 (Denkowski and Lavie, WMT 2014) with its exact stage, from 0 to 1, as pycocoevalcap calls it; for Chinese words the other
 * stages (English stems, WordNet, English paraphrases) find nothing. Each picture counts with its best reference; the figure is computed
 * from the sums over pictures, not as a mean.
 *
 * Words in Latin letters are compared as they are and count as content words, where the jar would also match `runs` with `run`.
 */
export function meteor(pairs: readonly CaptionPair[]): number {
  const total = emptyCounts();
  for (const { candidate, references } of pairs) {
    const words = meteorWords(candidate);
    let best = emptyCounts();
    let bestScore = -1;
    for (const reference of references) {
      const counts = compare(words, meteorWords(reference));
      const score = scoreOf(counts);
      if (score > bestScore) {
        best = counts;
        bestScore = score;
      }
    }
    const chunks = isPerfect(best) ? 0 : best.chunks;
    for (const key of Object.keys(total) as (keyof MeteorCounts)[]) total[key] += key === 'chunks' ? chunks : best[key];
  }
  return scoreOf(total);
}

function emptyCounts(): MeteorCounts {
  return { candidate: 0, candidateFunction: 0, reference: 0, referenceFunction: 0, matched: 0, matchedFunction: 0, chunks: 0 };
}

function compare(candidate: readonly string[], reference: readonly string[]): MeteorCounts {
  const counts = emptyCounts();
  const isFunction = (word: string): boolean => FUNCTION_PUNCTUATION.has(word);
  counts.candidate = candidate.length;
  counts.candidateFunction = candidate.filter(isFunction).length;
  counts.reference = reference.length;
  counts.referenceFunction = reference.filter(isFunction).length;
  let previous = -1;
  for (const [j, i] of alignExact(candidate, reference).entries()) {
    if (i !== -1) {
      counts.matched += 1;
      if (isFunction(reference[j]!)) counts.matchedFunction += 1;
      if (previous === -1 || i !== previous + 1) counts.chunks += 1;
    }
    previous = i;
  }
  return counts;
}

function isPerfect(counts: MeteorCounts): boolean {
  return counts.matched === counts.candidate && counts.matched === counts.reference && counts.chunks === 1;
}

function scoreOf(counts: MeteorCounts): number {
  if (counts.matched === 0) return 0;
  const weigh = (all: number, ofFunction: number): number => DELTA * (all - ofFunction) + (1 - DELTA) * ofFunction;
  const matches = weigh(counts.matched, counts.matchedFunction);
  const precision = matches / weigh(counts.candidate, counts.candidateFunction);
  const recall = matches / weigh(counts.reference, counts.referenceFunction);
  const mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
  const fragmentation = isPerfect(counts) ? 0 : counts.chunks / counts.matched;
  return mean * (1 - GAMMA * fragmentation ** BETA);
}
