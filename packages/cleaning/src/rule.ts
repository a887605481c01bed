import type { Source, TextKind } from '@wenlan/shards';
import type { z } from 'zod';
import type { EvaluationSet } from './decontaminate/evaluation-set.ts';
import type { Picture } from './image/picture.ts';
import type { NumberColumn } from './dedup/number-column.ts';
import type { SignatureTable } from './group/signature-table.ts';
import type { Reducer } from './reduce/reduce-here.ts';

/** Measures by name. What a rule keeps is a pure function of them, so that a threshold is changed without measuring again. */
export type Scores = Readonly<Record<string, number>>;

/** What a text rule may know of a text beside its characters. */
export interface TextContext {
  kind: TextKind;
  source: Source;
}

interface RuleBase<Options> {
  /** As recipes, outcomes (`filtered:NAME`) and scores call it. */
  readonly name: string;
  /** Thresholds and lists, as a recipe states them beside `rule` and `sources`. */
  readonly options: z.ZodType<Options>;
  /** Options that only `keep` reads: another value needs no new measure. */
  readonly thresholds?: readonly (keyof Options & string)[];
}

/**
 * Changes a text. Its score is how many spans it changed, and {@link EMPTIED} where nothing was left, in which case the
 * text is dropped.
 */
export interface RewriteRule<Options> extends RuleBase<Options> {
  readonly unit: 'rewrite';
  rewrite(text: string, options: Options, context: TextContext): Rewritten;
}

export interface Rewritten {
  text: string;
  /** Spans changed. */
  count: number;
}

/** Score of a rewriting rule that left nothing of the text. */
export const EMPTIED = -1;

/** Looks at a text as the rewriting rules left it, and keeps or drops it. */
export interface TextRule<Options> extends RuleBase<Options> {
  readonly unit: 'text';
  measure(text: string, options: Options, context: TextContext): number;
  keep(score: number, options: Options): boolean;
}

/** Drops a pair for its texts as a whole. */
export interface PairRule<Options> extends RuleBase<Options> {
  readonly unit: 'pair';
  /** @param texts those that the text rules kept */
  measure(texts: readonly string[], options: Options): number;
  keep(score: number, options: Options): boolean;
}

/** Drops a pair for its picture. A score that could not be measured is absent, and the pair is dropped. */
export interface ImageRule<Options> extends RuleBase<Options> {
  readonly unit: 'image';
  /** @param picture null where the bytes could not be decoded */
  measure(picture: Picture | null, options: Options): Scores;
  keep(scores: Scores, options: Options): boolean;
}

/** Drops pairs for what others there are in the dataset. */
export interface DatasetRule<Options> extends RuleBase<Options> {
  readonly unit: 'dataset';
  measure(table: SignatureTable, options: Options, context: DatasetContext): Promise<DatasetScores> | DatasetScores;
  keep(score: number, options: Options): boolean;
}

export interface DatasetContext {
  seed: number;
  /** Whether the rules before this one kept the pair; one that they dropped counts for nothing. */
  alive: (row: number) => boolean;
  /** Sorts duplicates so that the one to keep comes first. */
  prefer: (left: number, right: number) => number;
  /** Does what can be done on one partition of the rows after the other, here or on other machines. */
  reduce: Reducer;
  /** What the rule `decontaminate` keeps out; absent where the recipe names no evaluation set. */
  evaluation?: EvaluationSet;
}

export interface DatasetScores {
  /** One a row of the table; NaN for a pair that isn't judged. */
  rows: NumberColumn;
  /**
   * For each row, the row that it duplicates, or -1: if it is dropped, the outcome is `duplicate:ID` and not `filtered:RULE`; if
   * it is kept, it belongs to that row's cluster.
   */
  duplicateOf?: NumberColumn;
  /** For each row, another one that it was nearly joined with, or -1, and by how much. */
  nearlyJoined?: { row: NumberColumn; score: NumberColumn };
  /** For each row, the index of its band, or -1. */
  bands?: NumberColumn;
  /** Further scores of the pair, by name. */
  more?: Readonly<Record<string, NumberColumn>>;
}

/** Drops texts, not pairs, for how often they occur in the dataset; a pair that loses its last text is dropped. */
export interface DatasetTextRule<Options> extends RuleBase<Options> {
  readonly unit: 'dataset-text';
  /** @returns one score a text of the table; NaN for a text that isn't judged */
  measure(table: SignatureTable, options: Options, context: DatasetContext): Promise<NumberColumn>;
  keep(score: number, options: Options): boolean;
}

export type Rule<Options> =
  | RewriteRule<Options>
  | TextRule<Options>
  | PairRule<Options>
  | ImageRule<Options>
  | DatasetRule<Options>
  | DatasetTextRule<Options>;

/** In a recipe, rules of a lower number come first: a unit is judged once the units before it are settled. */
export function unitOrder(unit: Rule<never>['unit']): number {
  if (unit === 'rewrite') return 0;
  if (unit === 'text') return 1;
  return unit === 'pair' || unit === 'image' ? 2 : 3;
}
