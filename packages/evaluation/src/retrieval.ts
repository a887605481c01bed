import { recallIntervals } from './bootstrap.ts';
import type { BootstrapOptions, Interval } from './bootstrap.ts';
import { chanceLevel } from './chance-level.ts';
import { rankBothWays } from './ranks.ts';
import type { MatMul } from './mat-mul.ts';
import type { QueryRanks, TieRule } from './rank-counts.ts';
import type { DirectionResult, RecallAtK, RetrievalConditions, RetrievalResult } from './retrieval-result.ts';
import { checkTruth, textsPerImage, truthGroups } from './truth.ts';
import type { Truth } from './truth.ts';
import { UserError } from './user-error.ts';
import { checkVectors } from './vectors.ts';
import type { Vectors } from './vectors.ts';

/** Two galleries of vectors, what belongs together, and how recall is counted. */
export interface RetrievalInput {
  readonly images: Vectors; // [images, dim]
  readonly texts: Vectors; // [texts, dim]
  /** For each text, the row numbers of its images. */
  readonly truth: Truth;
  /** Whole numbers, ascending; 1, 5 and 10 unless told. */
  readonly recallAt?: readonly number[];
  /** `index` unless told: of equal scores the lower row ranks first, whether right or wrong. */
  readonly ties?: TieRule;
  /** Which caption of a picture is its text, in a sentence for the conditions. */
  readonly captionPolicy: string;
  /** More for the conditions: the split and its hash, the tokenizer, where the checkpoint was selected. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Seed 0, 1,000 resamples, confidence 0.95 unless told; null for no intervals. */
  readonly bootstrap?: Partial<BootstrapOptions> | null;
  /** A faster product of matrices for large galleries; the ranks are the same. */
  readonly matMul?: MatMul | undefined;
  readonly signal?: AbortSignal;
  /** Called some times a second with the number of pairs scored and to score. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** K of the named summaries MR3, MR6 and Rsum, whatever K the caller asks for. */
const SUMMARY_K = [1, 5, 10];

const BOOTSTRAP: BootstrapOptions = { seed: 0, resamples: 1000, confidence: 0.95 };

const TIE_RULES: Record<TieRule, string> = {
  index: 'equal score: the lower gallery row ranks first',
  optimistic: 'equal score: the right answer ranks first',
  pessimistic: 'equal score: the wrong answers rank first',
};

/**
 * Cross-modal retrieval in both directions, by the any-of rule: a query counts at K if any of its right answers is within the first K.
 *
 * Scores are inner products of the rows as given. Every text is a query of its own, so that five captions of a picture are five queries
 * of t2i and five right answers of one query of i2t. Memory beside the vectors is some megabytes, whatever the size of the galleries.
 *
 * @throws UserError `VECTORS_SHAPE`, `VECTORS_NOT_FINITE`, `TRUTH_SHAPE`, `TRUTH_MISSING`, `TRUTH_RANGE`, `TRUTH_DUPLICATE`,
 *   `RECALL_AT`, `TIE_RULE` or `BOOTSTRAP_OPTIONS`, naming the row or the option; and the signal's reason if it aborts
 */
export async function retrieval(input: RetrievalInput): Promise<RetrievalResult> {
  const { images, texts, truth } = input;
  checkVectors('images', images);
  checkVectors('texts', texts);
  if (images.dim !== texts.dim) {
    throw new UserError('VECTORS_SHAPE', `images have dim ${images.dim}, texts ${texts.dim}; encode both with one model.`);
  }
  checkTruth(truth, images.rows, texts.rows);
  const ties = checkOptions(input);
  const ranks = await rankBothWays(images, texts, truth, {
    ties,
    matMul: input.matMul,
    signal: input.signal,
    onProgress: input.onProgress,
  });
  const score = 'inner product of the rows as given, float32 summed in float64';
  return retrievalOf(ranks, { images: images.rows, texts: texts.rows, dim: images.dim, score }, input);
}

/** What figures are made of besides ranks, however pairs were scored. */
export type RetrievalSettings = Omit<RetrievalInput, 'images' | 'texts' | 'matMul' | 'signal' | 'onProgress'>;

/** @throws UserError `RECALL_AT`, `TIE_RULE` or `BOOTSTRAP_OPTIONS` */
export function checkOptions({ recallAt = SUMMARY_K, ties = 'index', bootstrap }: RetrievalSettings): TieRule {
  checkRecallAt(recallAt);
  if (!Object.hasOwn(TIE_RULES, ties)) {
    throw new UserError('TIE_RULE', `ties is "${ties}"; choose index, optimistic or pessimistic.`);
  }
  if (bootstrap) checkBootstrap({ ...BOOTSTRAP, ...bootstrap });
  return ties;
}

/** Sizes of the galleries, and how pairs were scored. */
export interface ScoredGalleries {
  readonly images: number;
  readonly texts: number;
  /** Null where pairs were scored without vectors. */
  readonly dim: number | null;
  readonly score: string;
}

/** Figures, intervals and conditions of ranks in both directions. */
export function retrievalOf(
  { i2t, t2i }: { i2t: QueryRanks; t2i: QueryRanks },
  galleries: ScoredGalleries,
  input: RetrievalSettings,
): RetrievalResult {
  const { images, texts } = galleries;
  const { truth, recallAt = SUMMARY_K, ties = 'index' } = input;
  const bootstrap = input.bootstrap === null ? null : { ...BOOTSTRAP, ...input.bootstrap };
  const perImage = textsPerImage(truth, images);
  const rightOfImages = Array.from(i2t.queries, (image) => perImage[image]!);
  const rightOfTexts = truth.map((rows) => rows.length);

  const groups = truthGroups(truth, images);
  // One group would give an interval of no width: a certainty that nothing supports.
  const intervals =
    bootstrap && groups.groups > 1
      ? recallIntervals(
          { groups: Int32Array.from(i2t.queries, (image) => groups.ofImage[image]!), ranks: i2t.ranks },
          { groups: groups.ofText, ranks: t2i.ranks },
          groups.groups,
          recallAt,
          bootstrap,
        )
      : undefined;

  const direction = (ranks: QueryRanks, right: number[], gallery: number, pick: 'i2t' | 't2i'): DirectionResult => ({
    queries: ranks.queries.length,
    gallery,
    recall: recallAt.map((k, column) =>
      recallEntry(k, recallOf(ranks.ranks, k), chanceLevel(right, gallery, k), intervals?.[column]?.[pick] ?? null),
    ),
    MR3: meanOf(SUMMARY_K.map((k) => recallOf(ranks.ranks, k))),
    medianRank: medianOf(ranks.ranks),
    meanRank: meanOf(ranks.ranks),
    tiedQueries: ranks.tiedQueries,
    queryRows: ranks.queries,
    ranks: ranks.ranks,
  });
  const imageToText = direction(i2t, rightOfImages, texts, 'i2t');
  const textToImage = direction(t2i, rightOfTexts, images, 't2i');
  const MR6 = (imageToText.MR3 + textToImage.MR3) / 2;
  return {
    i2t: imageToText,
    t2i: textToImage,
    mean: recallAt.map((k, column) => {
      const [a, b] = [imageToText.recall[column]!, textToImage.recall[column]!];
      return recallEntry(k, (a.percent + b.percent) / 2, (a.chance + b.chance) / 2, intervals?.[column]?.mean ?? null);
    }),
    MR6,
    Rsum: MR6 * 6,
    conditions: describe(galleries, input, ties, bootstrap, groups.groups, rightOfImages, rightOfTexts),
  };
}

function recallEntry(k: number, percent: number, chance: number, interval: Interval | null): RecallAtK {
  return { k, percent, interval, chance, timesChance: percent / chance };
}

function recallOf(ranks: Uint32Array, k: number): number {
  let hits = 0;
  for (const rank of ranks) if (rank <= k) hits += 1;
  return (100 * hits) / ranks.length;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Of an even number of ranks the mean of the middle two. */
function medianOf(ranks: Uint32Array): number {
  const sorted = Uint32Array.from(ranks).sort();
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function checkRecallAt(recallAt: readonly number[]): void {
  const ascending = recallAt.every((k, i) => Number.isSafeInteger(k) && k >= 1 && (i === 0 || k > recallAt[i - 1]!));
  if (recallAt.length === 0 || !ascending) {
    throw new UserError('RECALL_AT', `recallAt is [${recallAt.join(', ')}]; give whole numbers from 1 in ascending order.`);
  }
}

function checkBootstrap({ seed, resamples, confidence }: BootstrapOptions): void {
  const refuse = (name: string, value: number, wanted: string): never => {
    throw new UserError('BOOTSTRAP_OPTIONS', `bootstrap ${name} is ${value}; give ${wanted}.`);
  };
  if (!Number.isSafeInteger(seed)) refuse('seed', seed, 'a whole number');
  if (!Number.isSafeInteger(resamples) || resamples < 1) refuse('resamples', resamples, 'a whole number of at least 1');
  if (!(confidence > 0 && confidence < 1)) refuse('confidence', confidence, 'a share between 0 and 1, such as 0.95');
}

function describe(
  { images, texts, dim, score }: ScoredGalleries,
  input: RetrievalSettings,
  ties: TieRule,
  bootstrap: BootstrapOptions | null,
  groups: number,
  rightOfImages: readonly number[],
  rightOfTexts: readonly number[],
): RetrievalConditions {
  const most = (counts: readonly number[]): number => counts.reduce((a, b) => Math.max(a, b), 0);
  return {
    directions: {
      i2t: `${rightOfImages.length} image queries, gallery of ${texts} texts`,
      t2i: `${texts} text queries, gallery of ${images} images`,
    },
    recallRule: 'any-of: a query counts at K if any of its right answers is within the first K',
    ties,
    tieRule: TIE_RULES[ties],
    score,
    dim,
    images,
    texts,
    imagesWithoutText: images - rightOfImages.length,
    relevantPairs: rightOfTexts.reduce((sum, count) => sum + count, 0),
    mostRightAnswers: { i2t: most(rightOfImages), t2i: most(rightOfTexts) },
    captionPolicy: input.captionPolicy,
    chance: 'exact R@K of a random ranking under the any-of rule',
    interval: bootstrap && {
      method: 'percentile bootstrap over groups of queries that truth ties together',
      confidence: bootstrap.confidence,
      resamples: bootstrap.resamples,
      seed: bootstrap.seed,
      groups,
    },
    notes: input.notes ?? {},
  };
}
