import type { Interval } from '../bootstrap.ts';
import type { CaptionScores } from '../captions/score-captions.ts';
import type { ClassificationScores } from '../classification/accuracy.ts';
import type { RetrievalResult } from '../retrieval-result.ts';
import type { PublishedFigures } from './published.ts';

/** A value at a step, and the seconds of training that had passed by then. */
export interface TrainingPoint {
  readonly step: number;
  readonly seconds: number;
  readonly value: number;
}

/** One trained system, evaluated. */
export interface ComparedRun {
  readonly system: string;
  /** Which texts stood for the pictures, or whatever else was varied. */
  readonly condition: string;
  readonly seed: number;
  /** Keys in the queue, of systems that are part of the ablation of it. */
  readonly queueSize: number | null;
  /** Of the checkpoint chosen on the validation split. */
  readonly step: number;
  /** Trained in all. */
  readonly steps: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly retrieval: Pick<RetrievalResult, 'i2t' | 't2i' | 'MR6' | 'Rsum' | 'conditions'>;
  readonly captions: CaptionScores | null;
  readonly zeroShot: ClassificationScores | null;
  readonly loss: readonly TrainingPoint[];
  /** Recall at 10 on the validation split, mean of both directions. */
  readonly validation: readonly TrainingPoint[];
}

/** Systems trained within one budget and evaluated on the same pairs. */
export interface Comparison {
  readonly title: string;
  readonly runs: readonly ComparedRun[];
  /** Systems that the YAML names and that have not been trained yet, in words. */
  readonly missing: readonly string[];
  /** Everything one must know to compare a figure with another: split hash, gallery, captions, ties, tokenizer, selection, engine. */
  readonly footer: Readonly<Record<string, string>>;
  /** Printed beside, marked, and never mixed. */
  readonly published: readonly PublishedFigures[];
}

/** A figure over seeds. */
export interface SeedFigure {
  readonly mean: number;
  /** Mean of the seeds' bootstrap bounds: what another gallery of this size might give. Null where a seed has none. */
  readonly interval: Interval | null;
  /** What other seeds gave. */
  readonly lowest: number;
  readonly highest: number;
}

/** One line of the table: a system under a condition, over its seeds. */
export interface ComparedSystem {
  readonly system: string;
  readonly condition: string;
  readonly seeds: readonly number[];
  readonly queueSize: number | null;
  /** By `i2t R@1` and so on; `BLEU-4` … where captions were scored, `zero-shot top-1` … where pictures were classified. */
  readonly figures: ReadonlyMap<string, SeedFigure>;
  readonly steps: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Lines of the table in the order in which their first runs come. */
export function summarizeRuns(runs: readonly ComparedRun[]): ComparedSystem[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.system, run.condition]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const { system, condition, queueSize } = group[0]!;
    const byName = group.map(figuresOf);
    const names = [...byName[0]!.keys()].filter((name) => byName.every((figures) => figures.has(name)));
    return {
      system,
      condition,
      queueSize,
      seeds: group.map(({ seed }) => seed),
      figures: new Map(names.map((name) => [name, overSeeds(byName.map((figures) => figures.get(name)!))])),
      steps: mean(group.map(({ steps }) => steps)),
      seconds: mean(group.map(({ seconds }) => seconds)),
      peakMegabytes: mean(group.map(({ peakMegabytes }) => peakMegabytes)),
    };
  });
}

interface OneFigure {
  value: number;
  interval: Interval | null;
}

function figuresOf({ retrieval, captions, zeroShot }: ComparedRun): Map<string, OneFigure> {
  const figures = new Map<string, OneFigure>();
  for (const direction of ['i2t', 't2i'] as const) {
    for (const { k, percent, interval } of retrieval[direction].recall)
      figures.set(`${direction} R@${k}`, { value: percent, interval });
  }
  figures.set('MR6', { value: retrieval.MR6, interval: null });
  if (captions !== null) {
    for (const name of ['BLEU-4', 'ROUGE-L', 'CIDEr-D'] as const) figures.set(name, { value: captions[name], interval: null });
  }
  if (zeroShot !== null) {
    for (const name of ['top-1', 'top-5'] as const) figures.set(`zero-shot ${name}`, { value: zeroShot[name]!, interval: null });
  }
  return figures;
}

function overSeeds(figures: readonly OneFigure[]): SeedFigure {
  const values = figures.map(({ value }) => value);
  const intervals = figures.flatMap(({ interval }) => (interval === null ? [] : [interval]));
  return {
    mean: mean(values),
    interval:
      intervals.length < figures.length
        ? null
        : { low: mean(intervals.map(({ low }) => low)), high: mean(intervals.map(({ high }) => high)) },
    lowest: values.reduce((a, b) => Math.min(a, b)),
    highest: values.reduce((a, b) => Math.max(a, b)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
