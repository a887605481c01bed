import type { CaptionPair } from './caption-pairs.ts';

const BETA = 1.2;

/**
 * ROUGE-L (Lin, 2004) from 0 to 1, the mean over pictures: F of the longest common subsequence with β = 1.2, of the best precision and
 * the best recall, which may come from different references, as pycocoevalcap has it.
 */
export function rougeL(pairs: readonly CaptionPair[]): number {
  let sum = 0;
  for (const { candidate, references } of pairs) {
    let precision = 0;
    let recall = 0;
    for (const reference of references) {
      const common = longestCommonSubsequence(candidate, reference);
      precision = Math.max(precision, common / candidate.length);
      recall = Math.max(recall, common / reference.length);
    }
    if (precision > 0) sum += ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
  }
  return sum / pairs.length;
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const lengths = new Uint32Array(b.length + 1); // of the tokens of `a` so far with the first j of `b`
  for (const token of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = lengths[j]!;
      lengths[j] = token === b[j - 1] ? diagonal + 1 : Math.max(above, lengths[j - 1]!);
      diagonal = above;
    }
  }
  return lengths[b.length]!;
}
