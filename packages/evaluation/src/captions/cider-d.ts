import type { CaptionPair } from './caption-pairs.ts';
import { countNGrams } from './n-grams.ts';

const MAX_ORDER = 4;
const SIGMA = 6;

interface TfIdf {
  /** Entry n - 1: the weight of each n-gram. */
  readonly weights: readonly ReadonlyMap<string, number>[];
  readonly norms: readonly number[];
  /** Bigrams of the sentence: what the reference script compares as length. */
  readonly length: number;
}

/**
 * CIDEr-D (Vedantam, Zitnick and Parikh, CVPR 2015), ×10 as in the paper, so from 0 to 10: clipped tf-idf cosine with a Gaussian
 * penalty on length (σ = 6), mean over n = 1..4, over references, over pictures.
 *
 * Document frequencies are those of the references scored (`corpus`): figures of different sets, or of a subset, are not comparable,
 * and with a single picture every frequency is certain, so that the figure is 0.
 */
export function ciderD(pairs: readonly CaptionPair[]): number {
  const frequencies = documentFrequencies(pairs);
  const logDocuments = Math.log(pairs.length);
  const tfIdf = (tokens: readonly string[]): TfIdf => {
    const weights = countNGrams(tokens, MAX_ORDER).map((counts) => {
      const weighted = new Map<string, number>();
      for (const [key, count] of counts)
        weighted.set(key, count * (logDocuments - Math.log(Math.max(1, frequencies.get(key) ?? 0))));
      return weighted;
    });
    const norms = weights.map((order) => Math.sqrt([...order.values()].reduce((sum, weight) => sum + weight ** 2, 0)));
    return { weights, norms, length: Math.max(0, tokens.length - 1) };
  };
  let total = 0;
  for (const { candidate, references } of pairs) {
    const own = tfIdf(candidate);
    const sum = references.reduce((all, reference) => all + similarity(own, tfIdf(reference)), 0);
    total += (10 * sum) / references.length;
  }
  return total / pairs.length;
}

/** In how many pictures a reference holds the n-gram. */
function documentFrequencies(pairs: readonly CaptionPair[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const { references } of pairs) {
    const keys = new Set(
      references.flatMap((reference) => countNGrams(reference, MAX_ORDER).flatMap((counts) => [...counts.keys()])),
    );
    for (const key of keys) frequencies.set(key, (frequencies.get(key) ?? 0) + 1);
  }
  return frequencies;
}

function similarity(candidate: TfIdf, reference: TfIdf): number {
  const penalty = Math.exp(-((candidate.length - reference.length) ** 2) / (2 * SIGMA ** 2));
  let sum = 0;
  for (const [index, weights] of candidate.weights.entries()) {
    const others = reference.weights[index]!;
    let product = 0;
    for (const [key, weight] of weights) {
      const other = others.get(key) ?? 0;
      product += Math.min(weight, other) * other;
    }
    const norms = candidate.norms[index]! * reference.norms[index]!;
    if (norms !== 0) sum += product / norms;
  }
  return (sum * penalty) / MAX_ORDER;
}
