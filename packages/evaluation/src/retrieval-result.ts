import type { Interval } from './bootstrap.ts';
import type { TieRule } from './rank-counts.ts';

/** R@K of one direction, or its mean over both. */
export interface RecallAtK {
  readonly k: number;
  /** Share of queries with a right answer within the first `k`, in per cent. */
  readonly percent: number;
  /** Null where there are too few independent queries to draw from. */
  readonly interval: Interval | null;
  /** What a random ranking reaches, in per cent. */
  readonly chance: number;
  /** `percent` / `chance`. */
  readonly timesChance: number;
}

/** Figures of one direction. */
export interface DirectionResult {
  readonly queries: number;
  readonly gallery: number;
  /** One entry for each K asked for, in that order. */
  readonly recall: readonly RecallAtK[];
  /** Mean of R@1, R@5 and R@10 of this direction, in per cent: what Chinese-CLIP and MUGE call MR. */
  readonly MR3: number;
  /** Of the best right answer of each query, from 1. */
  readonly medianRank: number;
  readonly meanRank: number;
  /** Queries whose best right answer has the score of a wrong one, so that the tie rule matters. */
  readonly tiedQueries: number;
  /** Rows of the images or texts that were asked, ascending: all texts, and the images that have one. */
  readonly queryRows: Uint32Array;
  /** For each of them the rank of its best right answer, from 1. */
  readonly ranks: Uint32Array;
}

/** All that one must know to compare a figure with another. */
export interface RetrievalConditions {
  readonly directions: { readonly i2t: string; readonly t2i: string };
  readonly recallRule: string;
  readonly ties: TieRule;
  readonly tieRule: string;
  readonly score: string;
  /** Null where pairs were scored without vectors. */
  readonly dim: number | null;
  readonly images: number;
  readonly texts: number;
  /** Images without a text: in the gallery of t2i, but no queries of i2t. */
  readonly imagesWithoutText: number;
  readonly relevantPairs: number;
  /** The most right answers that a query has, by direction. */
  readonly mostRightAnswers: { readonly i2t: number; readonly t2i: number };
  readonly captionPolicy: string;
  readonly chance: string;
  /** Null if no intervals were computed. */
  readonly interval: {
    readonly method: string;
    readonly confidence: number;
    readonly resamples: number;
    readonly seed: number;
    readonly groups: number;
  } | null;
  /** What the caller added: the split and its hash, the tokenizer, where the checkpoint was selected. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Figures of both directions, with all that one must know to compare them. */
export interface RetrievalResult {
  /** Image queries, text gallery ("text retrieval"). */
  readonly i2t: DirectionResult;
  /** Text queries, image gallery ("image retrieval"). */
  readonly t2i: DirectionResult;
  /** Mean over both directions, one entry for each K asked for. */
  readonly mean: readonly RecallAtK[];
  /** Mean of the six R@1, R@5, R@10 of both directions, in per cent: `r_mean` of ALBEF and LAVIS. */
  readonly MR6: number;
  /** Sum of these six. */
  readonly Rsum: number;
  readonly conditions: RetrievalConditions;
}
