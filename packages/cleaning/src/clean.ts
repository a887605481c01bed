import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { datasetLocation, joinLocation, openDataset, readManifest, storageOf, UserError, workFolder } from '@wenlan/shards';
import type { DatasetWriter, Manifest } from '@wenlan/shards';
import type { PairScorer } from './bands/pair-scorer.ts';
import { cleanSummaryOf } from './clean-summary.ts';
import type { CleanSummary } from './clean-summary.ts';
import { readEvaluationSets } from './decontaminate/evaluation-set.ts';
import type { EvaluationSet } from './decontaminate/evaluation-set.ts';
import type { Detectors } from './detectors/detector.ts';
import { loadDetectors } from './detectors/load-detectors.ts';
import { wantedSplits } from './group/assign-split.ts';
import { groupRows } from './group/group-rows.ts';
import type { Grouping } from './group/group-rows.ts';
import { MeasuredDataset } from './measure/measured-dataset.ts';
import { MEASURES_FOLDER, receiveMeasures, removeSentMeasures } from './measure/sent-measures.ts';
import type { Recipe } from './recipe/recipe.ts';
import { reduceElsewhere } from './reduce/reduce-elsewhere.ts';
import type { ReduceElsewhere } from './reduce/reduce-elsewhere.ts';
import { writeRows } from './write/write-rows.ts';

const SPILL_FOLDER = 'spill';
/** Where partitions lie that others reduce. */
const EXCHANGE_FOLDER = 'reduce';
/** Of each long column, before it goes to a file. */
const SPILL_BYTES = 32 << 20;

/** How far a cleaning is. */
export interface CleanProgress {
  /** `measure` and `write` go through all rows; `group` is one step. */
  phase: 'measure' | 'group' | 'write';
  rowsDone: number;
  rows: number;
}

/** How a dataset is cleaned, and where the clean one goes. */
export interface CleanOptions {
  /** Where the clean dataset is written, or gone on with. */
  out: string;
  recipe: Recipe;
  seed: number;
  /** Pictures decoded at once; has no effect on the result. Twice the processors by default. */
  workers?: number;
  /** Models that look at pictures, in place of the modules that the recipe names. */
  detectors?: Detectors;
  /** Says how pictures and texts correlate, for the rules `band` and `semantic-duplicate`. */
  scorer?: PairScorer;
  /**
   * Has the shards with these indexes measured by other processes, see `measureShard`. What it leaves is measured here; models
   * that were given as `detectors` or `scorer` can't be had there.
   * @param onShard to be called with the index of each that is measured
   */
  measureElsewhere?: (shards: readonly number[], onShard: (shard: number) => void) => Promise<void>;
  /** Has partitions of the rows reduced by other processes while rows are grouped, see `reducePartition`. */
  reduceElsewhere?: ReduceElsewhere;
  /** What to take measures, and pictures that are encoded already, from: see `retune`. */
  earlier?: { location: string; sameEncoding: boolean };
  /** Rows of a shard of the output; a thousand by default. */
  maxShardRows?: number;
  /** Records of a partition that grouping holds in memory at once; has no effect on the result. 131,072 by default. */
  partitionRecords?: number;
  /** Told after each shard. */
  onProgress?: (event: CleanProgress) => void;
  /** An abort takes effect at the end of the shard or record batch in flight; the same call then goes on from there. */
  signal?: AbortSignal;
}

/**
 * Cleans a dataset of raw pairs. The output holds every row of the input once more: those that every rule of the recipe kept,
 * with the outcome `ok`, in the splits train, validation and test; all others, without their picture, in `dropped`.
 * Killed at any moment and called again, it ends with the same bytes as a call that was never killed. What was measured stays in
 * the folder `measures` of the output, without which it can't be retuned.
 * @param input location of the raw dataset
 * @throws UserError DATASET_MISSING, INPUT_INCOMPLETE, EMPTY_INPUT, EMPTY_RESULT, EMPTY_SPLIT; those of `openDataset` where
 * `out` holds something else; DiskFullError; the signal's reason
 */
export async function clean(input: string, options: CleanOptions): Promise<CleanSummary> {
  const { out, recipe, seed, signal, onProgress } = options;
  const manifest = await readManifest(input);
  if (!manifest.complete) {
    throw new UserError(
      'INPUT_INCOMPLETE',
      `The dataset ${input} is not complete; run its stage (${manifest.stage}) again until it ends, then clean it.`,
    );
  }
  if (manifest.totals.rows === 0)
    throw new UserError('EMPTY_INPUT', `The dataset ${input} has no rows; give the stage ${manifest.stage} something to find.`);
  const writer = await openDataset(out, {
    stage: 'clean',
    recipe: { ...recipe, seed },
    parents: [input],
    ...(options.maxShardRows === undefined ? {} : { maxShardRows: options.maxShardRows }),
  });
  const folder = workFolder(out);
  try {
    if (writer.complete) return cleanSummaryOf(out, writer.manifest);
    const detectors = options.earlier === undefined ? await loadDetectors(recipe, options.detectors) : {};
    const measured = new MeasuredDataset(input, manifest, join(folder, MEASURES_FOLDER), recipe, {
      detectors,
      scorer: options.scorer,
    });
    const rows = manifest.totals.rows;
    const workers = options.workers ?? 2 * availableParallelism();
    const report = (phase: CleanProgress['phase'], rowsDone: number): void => onProgress?.({ phase, rowsDone, rows });
    const onShard = (done: number): void => report('measure', done);
    signal?.throwIfAborted();
    const { earlier } = options;
    if (earlier === undefined) {
      if (options.measureElsewhere !== undefined) {
        await receiveMeasures(out, measured.folder);
        await measureElsewhere(options.measureElsewhere, measured, manifest, onShard);
        await receiveMeasures(out, measured.folder);
      }
      await measured.measure({ workers, signal, onShard });
    } else await measured.adopt(join(workFolder(earlier.location), MEASURES_FOLDER), { signal, onShard });
    report('group', 0);
    const evaluation = await evaluationSetOf(recipe);
    const spill = { folder: join(folder, SPILL_FOLDER), memoryBytes: SPILL_BYTES, partitionRecords: options.partitionRecords };
    const exchange = joinLocation(datasetLocation(out), EXCHANGE_FOLDER);
    const removeExchange = async (): Promise<void> => {
      if (options.reduceElsewhere !== undefined) await storageOf(exchange).removeFolder(exchange);
    };
    // Of a process that was killed.
    await removeExchange();
    const grouping = await groupRows(measured, recipe, seed, {
      ...(evaluation === undefined ? {} : { evaluation }),
      spill,
      ...(options.reduceElsewhere === undefined ? {} : { reduce: reduceElsewhere(exchange, options.reduceElsewhere) }),
    });
    await removeExchange();
    try {
      report('group', rows);
      await refuseEmpty(grouping, recipe, writer);
      const samples = await writeRows(measured, recipe, grouping, writer, {
        workers,
        signal,
        earlier: earlier?.sameEncoding === true ? earlier.location : undefined,
        onRows: (done) => report('write', done),
      });
      const summary = summarize(recipe, seed, grouping, samples.result(recipe.rules.map(({ rule }) => rule)));
      // Before the dataset is complete, since nobody would look for leftovers after.
      await rm(spill.folder, { recursive: true, force: true });
      await measured.removeUnfinished();
      if (options.measureElsewhere !== undefined) await removeSentMeasures(out);
      await writer.finish(summary);
      return summary;
    } finally {
      grouping.close();
    }
  } finally {
    await writer.close();
  }
}

async function measureElsewhere(
  measure: NonNullable<CleanOptions['measureElsewhere']>,
  measured: MeasuredDataset,
  { shards }: Manifest,
  onRows: (rowsDone: number) => void,
): Promise<void> {
  const missing = await measured.missing();
  let rowsDone = measured.rows - missing.reduce((sum, index) => sum + shards[index]!.rows, 0);
  onRows(rowsDone);
  await measure(missing, (index) => {
    rowsDone += shards[index]!.rows;
    onRows(rowsDone);
  });
}

/** The evaluation sets that the recipe's rule `decontaminate` names; nothing if it names none. */
export async function evaluationSetOf({ rules }: Recipe): Promise<EvaluationSet | undefined> {
  const sets = rules.find(({ rule }) => rule === 'decontaminate')?.options['sets'] as string[] | undefined;
  return sets === undefined || sets.length === 0 ? undefined : readEvaluationSets(sets);
}

export function summarize(recipe: Recipe, seed: number, grouping: Grouping, samples: CleanSummary['samples']): CleanSummary {
  const { funnel, kept, dropped, splits, clusters, distributions, topics, bandSummary } = grouping;
  const { name, rules } = recipe;
  const bands = bandSummary === null ? {} : { bands: bandSummary };
  return { recipe: name, seed, funnel, kept, dropped, splits, clusters, ...bands, samples, distributions, topics, rules };
}

async function refuseEmpty(grouping: Grouping, recipe: Recipe, writer: DatasetWriter): Promise<void> {
  const empty = wantedSplits(recipe.split).find((split) => grouping.splits[split] === 0);
  if (empty === undefined) return;
  // Nothing is written yet: another recipe may use the same folder, and what is measured already.
  if (writer.manifest.shards.length === 0) await writer.discard();
  throw grouping.kept === 0 ? emptyResult(grouping) : emptySplit(empty, grouping, recipe);
}

function emptyResult({ funnel }: Grouping): UserError {
  const lost = new Map<string, { lost: number; of: number }>();
  for (const { rule, unit, in: came, out } of funnel) {
    if (unit !== 'pair') continue;
    const sum = lost.get(rule) ?? { lost: 0, of: 0 };
    lost.set(rule, { lost: sum.lost + came - out, of: sum.of + came });
  }
  const [rule, { lost: count, of }] = [...lost].sort(([, left], [, right]) => right.lost - left.lost)[0]!;
  if (rule === 'crawl') {
    return new UserError(
      'EMPTY_RESULT',
      `No pair survived: the crawl failed for ${count} of ${of} candidates; see what became of them with "inspect" and crawl again.`,
    );
  }
  return new UserError(
    'EMPTY_RESULT',
    `No pair survived: the rule ${rule} dropped ${count} of ${of}; change its threshold in the recipe, or take it out.`,
  );
}

function emptySplit(split: 'train' | 'validation' | 'test', { kept, splits }: Grouping, recipe: Recipe): UserError {
  const { heldOut, validation, test } = recipe.split;
  if (split === 'test' && heldOut !== undefined) {
    const parts = heldOut.urlContains.map((part) => JSON.stringify(part)).join(' or ');
    return new UserError(
      'EMPTY_SPLIT',
      `The split test is empty: none of ${kept} kept pairs has an image URL that contains ${parts}; correct split.heldOut.urlContains in the recipe.`,
    );
  }
  const shares =
    split === 'train'
      ? 'lower split.validation and split.test'
      : `raise split.${split}, which is ${split === 'test' ? test : validation}, or set it to 0`;
  const others = split === 'train' && heldOut !== undefined && splits.test > 0 ? ' (split.heldOut takes most of them)' : '';
  return new UserError(
    'EMPTY_SPLIT',
    `The split ${split} is empty: none of ${kept} kept pairs fell to it${others}; ${shares} in the recipe, or crawl more.`,
  );
}
