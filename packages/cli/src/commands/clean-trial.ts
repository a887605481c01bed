import {
  cleanSample,
  measureErrors,
  measureProfiles,
  type CleanSummary,
  type ErrorRates,
  type ProfileErrors,
} from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { bandLines, recipeOf } from '../stages/clean-stage.ts';
import { scorerOf, type ScorerOptions } from '../stages/pair-scorer.ts';

/** Prints how often each text rule, and each whole recipe, errs on the labelled texts that come with them. */
export function cleanMeasureCommand(context: CommandContext): void {
  const rules = measureErrors();
  const profiles = { tuned: measureProfiles('tuned'), heldOut: measureProfiles('heldOut') };
  const rows = rules.flatMap(({ rule, heldOut, ...rates }) => [
    { name: rule, ...rates },
    ...(heldOut === null ? [] : [{ name: `${rule} (held out)`, ...heldOut }]),
  ]);
  const byKind = (errors: readonly ProfileErrors[]): ErrorRow[] => errors.map(({ kind, ...rates }) => ({ name: kind, ...rates }));
  context.print({ rules, profiles }, [
    'Each rule by itself, on its own texts',
    ...errorTable('rule', rows),
    '',
    'The recipes weibo, news and encyclopedia as a whole, on texts with',
    ...errorTable('', byKind(profiles.tuned)),
    '',
    'and on texts that no rule was tuned on',
    ...errorTable('', byKind(profiles.heldOut)),
  ]);
}

interface ErrorRow extends ErrorRates {
  name: string;
}

function errorTable(title: string, rows: readonly ErrorRow[]): string[] {
  const share = (value: number): string => value.toFixed(3).padStart(9);
  return [
    `${title.padEnd(20)}positive negative precision   recall`,
    ...rows.map(
      ({ name, positives, negatives, precision, recall }) =>
        `${name.padEnd(20)}${String(positives).padStart(8)}${String(negatives).padStart(9)} ${share(precision)}${share(recall)}`,
    ),
  ];
}

export interface CleanSampleCommandOptions extends ScorerOptions {
  sample: number;
  config?: string;
  recipe?: string;
}

/** Cleans a sample, writes nothing, and prints what each rule took. */
export async function cleanSampleCommand(
  dataset: string,
  options: CleanSampleCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { reporter, signal } = context;
  const config = await loadConfig(options.config);
  const scorer = await scorerOf(options, context);
  try {
    const summary = await cleanSample(dataset, {
      rows: options.sample,
      recipe: await recipeOf(options.recipe ?? config.clean.recipe),
      seed: config.seed,
      ...(scorer === undefined ? {} : { scorer: scorer.scorer }),
      signal,
      onProgress: ({ phase, rowsDone, rows }) =>
        reporter.progress({ stage: 'sample', done: rowsDone, total: rows, unit: 'rows', detail: phase }),
    });
    context.print({ dataset, ...summary }, [
      ...funnelLines(summary),
      ...bandLines(summary),
      `${summary.kept} pairs kept, ${summary.dropped} dropped; nothing is written`,
    ]);
  } finally {
    await scorer?.dispose();
  }
}

function funnelLines({ funnel, samples }: CleanSummary): string[] {
  const sums = new Map<string, { rule: string; unit: string; in: number; out: number }>();
  for (const row of funnel) {
    const key = `${row.rule} ${row.unit}`;
    const sum = sums.get(key) ?? { rule: row.rule, unit: row.unit, in: 0, out: 0 };
    sums.set(key, { ...sum, in: sum.in + row.in, out: sum.out + row.out });
  }
  return [
    `${'rule'.padEnd(22)}${'of'.padEnd(6)}${'in'.padStart(7)}${'out'.padStart(8)}${'lost'.padStart(8)}  such as`,
    ...[...sums.values()].map(({ rule, unit, in: came, out }) => {
      const example = came === out ? undefined : samples.byRule[rule]?.[0];
      const shown = example === undefined ? '' : `  ${example.text.slice(0, 40)}`;
      return `${rule.padEnd(22)}${`${unit}s`.padEnd(6)}${String(came).padStart(7)}${String(out).padStart(8)}${String(came - out).padStart(8)}${shown}`;
    }),
  ];
}
