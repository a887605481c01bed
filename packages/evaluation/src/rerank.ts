import type { PairScores } from './retrieval-by-scores.ts';
import { UserError } from './user-error.ts';

/** The answers of a tower, and the scorer that ranks the first of them anew. */
export interface RerankInput {
  /** Of a tower, which is cheap: it names the candidates of every query and orders the rest. */
  readonly tower: PairScores;
  /** Candidates of a query. */
  readonly top: number;
  /** Scores pairs (row of the image, row of the text, in turn) with the costly model. */
  readonly scorePairs: (pairs: Uint32Array) => Promise<Float32Array>;
}

/** What `retrievalByScores` takes. */
export interface Reranked {
  readonly scores: PairScores;
  readonly scoresOfTexts: PairScores;
  /** How it was done, for the conditions. */
  readonly score: string;
  /** Pairs that the costly model has seen. */
  readonly pairs: number;
}

/**
 * Re-ranks the first K answers of a tower, in both directions (as ALBEF, Li et al. 2021, and its kin do): they come before all others, by
 * the score of the pair; behind them the order stays the tower's.
 *
 * @throws UserError `RERANK_TOP` if K is no whole number from 1
 */
export async function rerank({ tower, top, scorePairs }: RerankInput): Promise<Reranked> {
  if (!Number.isSafeInteger(top) || top < 1) {
    throw new UserError('RERANK_TOP', `re-ranking the first ${top} is nothing; give a whole number from 1.`);
  }
  const { images, texts, values } = tower;
  const ofImages = Array.from({ length: images }, (_, image) =>
    candidates(texts, top, (text) => values[image * texts + text]!).map((text) => image * texts + text),
  ).flat();
  const ofTexts = Array.from({ length: texts }, (_, text) =>
    candidates(images, top, (image) => values[image * texts + text]!).map((image) => image * texts + text),
  ).flat();
  const cells = [...new Set([...ofImages, ...ofTexts])].toSorted((a, b) => a - b);
  const pairs = Uint32Array.from(cells.flatMap((cell) => [Math.floor(cell / texts), cell % texts]));
  const found = await scorePairs(pairs);
  const scoreOf = new Map(cells.map((cell, index) => [cell, found[index]!]));

  const lowest = found.reduce((a, b) => Math.min(a, b), Infinity);
  let highest = -Infinity;
  for (const value of values) highest = Math.max(highest, value);
  const merged = (chosen: readonly number[]): PairScores => {
    const all = Float64Array.from(values, (value) => value - highest + lowest - 1);
    for (const cell of chosen) all[cell] = scoreOf.get(cell)!;
    return { values: all, images, texts };
  };
  return {
    scores: merged(ofImages),
    scoresOfTexts: merged(ofTexts),
    score: `rerank: the first ${top} of a tower by the score of the pair, the rest as the tower has them`,
    pairs: cells.length,
  };
}

/** The rows of the highest scores; of equal ones the lower row. */
function candidates(rows: number, top: number, scoreOf: (row: number) => number): number[] {
  const order = Array.from({ length: rows }, (_, row) => row);
  return order.sort((a, b) => scoreOf(b) - scoreOf(a) || a - b).slice(0, top);
}
