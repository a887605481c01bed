import type { QueryRanks, TieRule } from './rank-counts.ts';
import type { RetrievalResult } from './retrieval-result.ts';
import { checkOptions, retrievalOf, type RetrievalSettings } from './retrieval.ts';
import { checkTruth } from './truth.ts';
import { UserError } from './user-error.ts';

/** Scores of pairs, higher where the two belong together. */
export interface PairScores {
  readonly values: Float32Array | Float64Array; // [images, texts]
  readonly images: number;
  readonly texts: number;
}

/** As that of `retrieval`, of a model that scores pairs instead of giving vectors. */
export interface RetrievalByScoresInput extends RetrievalSettings {
  readonly scores: PairScores;
  /** How pairs were scored, for the conditions: `exact: every pair`, or what re-ranked what. */
  readonly score: string;
  /** Other scores for text queries, where each direction re-ranks candidates of its own. */
  readonly scoresOfTexts?: PairScores;
}

/**
 * As `retrieval`, of a model that scores pairs instead of giving vectors; the whole matrix of scores is held.
 *
 * @throws UserError `SCORES_SHAPE`, `SCORES_NOT_FINITE` naming the pair, and as `retrieval`
 */
export function retrievalByScores(input: RetrievalByScoresInput): RetrievalResult {
  const { scores, scoresOfTexts = scores, truth, score } = input;
  const { images, texts } = scores;
  for (const given of [scores, scoresOfTexts]) checkScores(given, images, texts);
  checkTruth(truth, images, texts);
  const ties = checkOptions(input);
  const textsOf: number[][] = Array.from({ length: images }, () => []);
  for (const [text, rows] of truth.entries()) for (const image of rows) textsOf[image]!.push(text);
  const i2t = ranksOf(textsOf, texts, (image, text) => scores.values[image * texts + text]!, ties);
  const t2i = ranksOf(truth, images, (text, image) => scoresOfTexts.values[image * texts + text]!, ties);
  return retrievalOf({ i2t, t2i }, { images, texts, dim: null, score }, input);
}

/** Ranks of the best right answers; a query without any is left out. */
function ranksOf(
  right: readonly (readonly number[])[],
  gallery: number,
  scoreOf: (query: number, answer: number) => number,
  ties: TieRule,
): QueryRanks {
  const queries = Uint32Array.from(right.keys()).filter((query) => right[query]!.length > 0);
  let tiedQueries = 0;
  const ranks = queries.map((query) => {
    const answers = new Set(right[query]);
    const best = [...answers].reduce((highest, answer) => Math.max(highest, scoreOf(query, answer)), -Infinity);
    const first = [...answers].filter((answer) => scoreOf(query, answer) === best).reduce((a, b) => Math.min(a, b));
    let [better, wrongTied, wrongBefore] = [0, 0, 0];
    for (let answer = 0; answer < gallery; answer++) {
      const score = scoreOf(query, answer);
      if (score > best) better += 1;
      if (score !== best || answers.has(answer)) continue;
      wrongTied += 1;
      if (answer < first) wrongBefore += 1;
    }
    if (wrongTied > 0) tiedQueries += 1;
    return 1 + better + (ties === 'index' ? wrongBefore : ties === 'pessimistic' ? wrongTied : 0);
  });
  return { queries, ranks, tiedQueries };
}

function checkScores({ values, images, texts }: PairScores, wantedImages: number, wantedTexts: number): void {
  if (images !== wantedImages || texts !== wantedTexts || values.length !== images * texts || values.length === 0) {
    throw new UserError(
      'SCORES_SHAPE',
      `there are ${values.length} scores for ${wantedImages} images × ${wantedTexts} texts; give one for each pair.`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(
      'SCORES_NOT_FINITE',
      `the score of image ${Math.floor(bad / texts)} with text ${bad % texts} is ${values[bad]}; score again with a checkpoint whose loss was finite.`,
    );
  }
}
