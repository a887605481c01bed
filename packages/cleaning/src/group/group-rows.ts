import { summarizeBands } from '../bands/band-summary.ts';
import type { BandSummary } from '../bands/band-summary.ts';
import { BANDS } from '@wenlan/shards';
import type { Band } from '@wenlan/shards';
import type { EvaluationSet } from '../decontaminate/evaluation-set.ts';
import type { NumberColumn } from '../dedup/number-column.ts';
import type { SpillOptions } from '../dedup/spill-file.ts';
import { reduceHere } from '../reduce/reduce-here.ts';
import type { Reducer } from '../reduce/reduce-here.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { Step } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { Funnel } from '../report/funnel.ts';
import type { FunnelRow } from '../report/funnel.ts';
import { Histogram } from '../report/histogram.ts';
import { isNearMiss } from '../report/near-miss.ts';
import { TopicCounter } from '../report/topics.ts';
import type { SourceTopics } from '../report/topics.ts';
import { SampleDraw } from '../report/samples.ts';
import type { DatasetContext, DatasetRule, DatasetTextRule } from '../rule.ts';
import { assignSplit, KEPT_SPLITS } from './assign-split.ts';
import type { KeptSplit } from './assign-split.ts';
import { ALIVE, buildTable, CRAWL } from './build-table.ts';
import type { RowSource } from './build-table.ts';
import type { SignatureTable } from './signature-table.ts';
import { survivorOrder } from './survivors.ts';

/** What became of a row. */
export type Fate =
  | { kind: 'crawl' }
  | { kind: 'filtered'; rule: string }
  | { kind: 'duplicate'; of: string }
  | { kind: 'kept'; split: KeptSplit };

/** Everything that is decided before the first row is written. */
export interface Grouping {
  funnel: FunnelRow[];
  kept: number;
  dropped: number;
  splits: Record<KeptSplit, number>;
  /** Clusters of two pairs and more, and the size of the largest. */
  clusters: { count: number; largest: number };
  /** Null without a scorer. */
  bandSummary: BandSummary | null;
  samples: SampleDraw;
  /** What each rule measured. */
  distributions: { rule: string; bins: [from: number, count: number][] }[];
  topics: SourceTopics[];
  fate(row: number): Fate;
  /** Id that stands for the cluster of a pair that is kept: its own, or that of the first of those alike. */
  clusterOf(row: number): string;
  /** Null where the recipe has no bands, or no scorer has judged the pair. */
  band(row: number): Band | null;
  /** Removes what lies in files; nothing can be asked any more. */
  close(): void;
  /** Scores that rules on the whole dataset gave to the row. */
  scores(row: number): Record<string, number>;
  /** What those rules say to each of the texts that the rules on texts kept, in their order. */
  texts(row: number): { kept: boolean; scores: Record<string, number> }[];
}

export interface GroupOptions {
  evaluation?: EvaluationSet;
  spill?: SpillOptions | null;
  /** Whether the words of what is kept are counted, which takes a fifth of the time. */
  topics?: boolean;
  /** Who reduces partitions; this process by default. */
  reduce?: Reducer;
}

/**
 * The second pass: judges every row, those rules included that look at the whole dataset. It reads measured rows only, never
 * a picture. In memory it holds 9 bytes a row and, at a time, the records of one or two partitions; the rest lies in files where `spill` is given.
 */
export async function groupRows(
  dataset: RowSource,
  recipe: Recipe,
  seed: number,
  { evaluation, spill = null, topics = true, reduce = reduceHere }: GroupOptions = {},
): Promise<Grouping> {
  const compiled = compileRecipe(recipe);
  const funnel = new Funnel();
  const samples = new SampleDraw(seed);
  const histograms = new Map<string, Histogram>();
  const distribution = (rule: string): Histogram => {
    let histogram = histograms.get(rule);
    if (histogram === undefined) histograms.set(rule, (histogram = new Histogram()));
    return histogram;
  };
  const { table, droppedBy } = await buildTable(dataset, compiled, { funnel, samples, distribution }, spill);
  const state: State = {
    table,
    droppedBy,
    duplicateOf: table.numbers('i32', -1),
    belongsTo: table.numbers('i32', -1),
    bands: null,
    textDropped: new Uint8Array(table.texts),
    scores: new Map(),
    textScores: new Map(),
    funnel,
    samples,
    distribution,
    histograms,
  };
  const context: DatasetContext = {
    seed,
    alive: (row) => droppedBy[row] === ALIVE,
    prefer: survivorOrder(table, recipe.trust),
    reduce,
    ...(evaluation === undefined ? {} : { evaluation }),
  };
  for (const step of compiled.global) {
    const { rule } = step;
    if (rule.unit === 'dataset') await judgeRows(step as Step<DatasetRule<never>>, state, context);
    else await judgeTexts(step as Step<DatasetTextRule<never>>, state, context);
  }
  return conclude(state, recipe, seed, topics);
}

interface State {
  table: SignatureTable;
  droppedBy: Int16Array;
  duplicateOf: NumberColumn;
  /** For each row that is kept, the row in whose cluster it is, or -1. */
  belongsTo: NumberColumn;
  bands: NumberColumn | null;
  textDropped: Uint8Array;
  /** By name; a score a row. */
  scores: Map<string, NumberColumn>;
  /** By rule; a score a text of the table. */
  textScores: Map<string, NumberColumn>;
  funnel: Funnel;
  samples: SampleDraw;
  distribution: (rule: string) => Histogram;
  histograms: Map<string, Histogram>;
}

/** Rows of the step's sources that are still kept. */
function* candidates({ sources }: Step, { table, droppedBy }: State): Generator<number, void, undefined> {
  for (let row = 0; row < table.rows; row += 1) {
    if (droppedBy[row] === ALIVE && (sources === null || sources.has(table.source(row)))) yield row;
  }
}

async function judgeRows(step: Step<DatasetRule<never>>, state: State, context: DatasetContext): Promise<void> {
  const { table, droppedBy, duplicateOf, funnel, samples } = state;
  const { rule, options, index, sources } = step;
  const alive = (row: number): boolean => context.alive(row) && (sources === null || sources.has(table.source(row)));
  const measured = await rule.measure(table, options, { ...context, alive });
  state.scores.set(rule.name, measured.rows);
  for (const [name, values] of Object.entries(measured.more ?? {})) state.scores.set(name, values);
  if (measured.bands !== undefined) state.bands = measured.bands;
  for (const row of candidates(step, state)) {
    const score = measured.rows.get(row);
    const kept = Number.isNaN(score) || rule.keep(Math.fround(score), options);
    funnel.count(rule.name, 'pair', table.source(row), kept);
    if (!Number.isNaN(score)) state.distribution(rule.name).add(score);
    const leader = measured.duplicateOf?.get(row) ?? -1;
    if (kept) {
      if (leader >= 0) state.belongsTo.set(row, leader);
      if (rule.thresholds !== undefined && isNearMiss(score, (other) => rule.keep(other, options)))
        samples.offerNear(rule.name, table.id(row), { row, text: null, score });
      const other = measured.nearlyJoined?.row.get(row) ?? -1;
      if (other >= 0)
        samples.offerNear(rule.name, table.id(row), {
          row,
          text: null,
          score: measured.nearlyJoined!.score.get(row),
          beside: other,
        });
      continue;
    }
    droppedBy[row] = index;
    duplicateOf.set(row, leader);
    const shown = measured.more?.[`${rule.name}.distance`]?.get(row) ?? score;
    samples.offer(rule.name, table.id(row), { row, text: null, score: shown, ...(leader < 0 ? {} : { beside: leader }) });
  }
}

async function judgeTexts(step: Step<DatasetTextRule<never>>, state: State, context: DatasetContext): Promise<void> {
  const { table, droppedBy, textDropped, funnel, samples } = state;
  const { rule, options, index, sources } = step;
  const alive = (row: number): boolean => context.alive(row) && (sources === null || sources.has(table.source(row)));
  const scores = await rule.measure(table, options, { ...context, alive });
  state.textScores.set(rule.name, scores);
  for (const row of candidates(step, state)) {
    const source = table.source(row);
    let left = 0;
    let highest: number | null = null;
    for (let text = table.textStarts.get(row); text < table.textStarts.get(row + 1); text += 1) {
      if (textDropped[text] === 1) continue;
      const score = scores.get(text);
      const kept = Number.isNaN(score) || rule.keep(Math.fround(score), options);
      funnel.count(rule.name, 'text', source, kept);
      if (kept) left += 1;
      else {
        textDropped[text] = 1;
        highest = Math.max(highest ?? 0, score);
      }
    }
    const emptied = left === 0 && highest !== null;
    funnel.count(rule.name, 'pair', source, !emptied);
    if (emptied) droppedBy[row] = index;
    if (highest !== null) samples.offer(rule.name, table.id(row), { row, text: null, score: highest });
  }
}

function conclude(state: State, recipe: Recipe, seed: number, countsWords: boolean): Grouping {
  const { table, droppedBy, duplicateOf, belongsTo, textDropped, scores, textScores, funnel, samples } = state;
  const ruleNames = recipe.rules.map(({ rule }) => rule);
  /** A duplicate of a duplicate is a duplicate of what that duplicates. */
  const survivorOf = (row: number): number => {
    let at = row;
    while (duplicateOf.get(at) >= 0) at = duplicateOf.get(at);
    return at;
  };
  /** Those alike fall to one split, whichever of them are kept. */
  const leaderOf = (row: number): number => {
    let at = row;
    for (;;) {
      const leader = belongsTo.get(at) >= 0 ? belongsTo.get(at) : duplicateOf.get(at);
      if (leader < 0) return at;
      at = leader;
    }
  };
  const splitOf = (row: number): KeptSplit => assignSplit(table.id(leaderOf(row)), table.imageUrl(row), recipe.split, seed);
  const splits = Object.fromEntries(KEPT_SPLITS.map((name) => [name, 0])) as Record<KeptSplit, number>;
  /** Of the clusters of two and more, by survivor. */
  const clusterSizes = table.numbers('u32');
  const clusters = { count: 0, largest: 0 };
  const topics = new TopicCounter();
  let kept = 0;
  for (let row = 0; row < table.rows; row += 1) {
    if (duplicateOf.get(row) >= 0) {
      const survivor = survivorOf(row);
      const size = clusterSizes.get(survivor) + 1;
      clusterSizes.set(survivor, size);
      if (size === 1) clusters.count += 1;
      clusters.largest = Math.max(clusters.largest, size + 1);
    }
    if (droppedBy[row] !== ALIVE) continue;
    kept += 1;
    splits[splitOf(row)] += 1;
    samples.offerKept(table.id(row), row);
    if (countsWords) for (const text of table.text(row)?.split('\n') ?? []) topics.add(table.source(row), text);
  }
  clusterSizes.close();
  if (kept > 0) clusters.largest = Math.max(clusters.largest, 1);
  return {
    funnel: funnel.rows([...new Set(ruleNames)]),
    kept,
    dropped: table.rows - kept,
    splits,
    clusters,
    bandSummary: summarizeBands(table.rows, {
      bandOf: (row) => state.bands?.get(row) ?? -1,
      isKept: (row) => droppedBy[row] === ALIVE,
      correlationOf: (row) => table.correlations.get(row),
    }),
    samples,
    distributions: [...new Set(ruleNames)].flatMap((rule) => {
      const bins = state.histograms.get(rule)?.bins ?? [];
      return bins.length === 0 ? [] : [{ rule, bins }];
    }),
    topics: topics.topics,
    fate(row) {
      const rule = droppedBy[row]!;
      if (rule === CRAWL) return { kind: 'crawl' };
      if (rule === ALIVE) return { kind: 'kept', split: splitOf(row) };
      return duplicateOf.get(row) < 0
        ? { kind: 'filtered', rule: ruleNames[rule]! }
        : { kind: 'duplicate', of: table.id(survivorOf(row)) };
    },
    clusterOf: (row) => table.id(leaderOf(row)),
    band: (row) => BANDS[state.bands?.get(row) ?? -1] ?? null,
    close: () => table.close(),
    scores: (row) => scoresAt(scores, row),
    texts(row) {
      const judged = [];
      for (let text = table.textStarts.get(row); text < table.textStarts.get(row + 1); text += 1) {
        judged.push({ kept: textDropped[text] === 0, scores: scoresAt(textScores, text) });
      }
      return judged;
    },
  };
}

function scoresAt(columns: ReadonlyMap<string, NumberColumn>, index: number): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const [name, values] of columns) {
    const score = values.get(index);
    if (!Number.isNaN(score)) scores[name] = score;
  }
  return scores;
}
