import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { retune, type CleanSummary } from '@wenlan/cleaning';
import { renderReport } from '@wenlan/evaluation';
import { readManifest, workFolder, writeAtomically } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { cleaningReport } from '../report/cleaning-report.ts';
import { cleanQueueStage } from '../stages/clean-queue-stage.ts';
import { bandLines, cleanLine, cleanStage, recipeOf } from '../stages/clean-stage.ts';
import { scorerFlags, scorerOf, type ScorerOptions } from '../stages/pair-scorer.ts';
import { UsageError } from '../usage-error.ts';

export interface CleanCommandOptions extends ScorerOptions {
  out?: string;
  config?: string;
  recipe?: string;
  retune?: boolean;
  queue?: string;
  priority?: number;
}

export async function cleanCommand(dataset: string, options: CleanCommandOptions, context: CommandContext): Promise<void> {
  const { out } = options;
  if (options.retune === true) return retuneCommand(dataset, options, context);
  if (out === undefined) throw new UsageError('OUT_MISSING', 'Name the clean dataset that is written: --out DATASET.');
  const config = await loadConfig(options.config);
  if (options.recipe !== undefined) config.clean.recipe = options.recipe;
  const queue = options.queue ?? config.queue;
  if (queue !== undefined) {
    const flags = scorerFlags(options);
    if (flags.length > 0) {
      throw new UsageError('QUEUE_SCORER', `Workers have no scorer; leave out ${flags.join(' and ')}, or clean without a queue.`);
    }
    const summary = await cleanQueueStage(config, dataset, { out, queue, priority: options.priority }, context);
    printSummary(summary, out, await writeReport(summary, out), context);
    return;
  }
  const scorer = await scorerOf(options, context);
  try {
    const summary = await cleanStage(config, dataset, out, context, scorer?.scorer);
    printSummary(summary, out, await writeReport(summary, out), context);
  } finally {
    await scorer?.dispose();
  }
}

/** Judges stored scores anew; without --out nothing is written. */
async function retuneCommand(cleaned: string, options: CleanCommandOptions, context: CommandContext): Promise<void> {
  const { out } = options;
  const flags = scorerFlags(options);
  if (flags.length > 0) {
    throw new UsageError(
      'RETUNE_SCORER',
      `--retune judges by the correlations that are stored; leave out ${flags.join(' and ')}, or clean the raw dataset without --retune.`,
    );
  }
  const config = await loadConfig(options.config);
  const { reporter, signal } = context;
  const summary = await retune(cleaned, {
    recipe: await recipeOf(options.recipe ?? config.clean.recipe),
    ...(out === undefined ? {} : { out }),
    signal,
    onProgress: ({ phase, rowsDone, rows }) =>
      reporter.progress({ stage: 'retune', done: rowsDone, total: rows, unit: 'rows', detail: phase }),
  });
  if (out !== undefined) {
    printSummary(summary, out, await writeReport(summary, out), context);
    return;
  }
  const { state } = await readManifest(cleaned);
  const before = state as CleanSummary;
  const { samples: _, ...figures } = summary;
  const lost = (funnel: CleanSummary['funnel'], rule: string): number =>
    funnel.reduce((sum, row) => (row.rule === rule && row.unit === 'pair' ? sum + row.in - row.out : sum), 0);
  const rules = new Set([...before.funnel, ...summary.funnel].map(({ rule }) => rule));
  const changed = [...rules].flatMap((rule) => {
    const [was, is] = [lost(before.funnel, rule), lost(summary.funnel, rule)];
    return was === is ? [] : [`${rule}: drops ${is} pairs instead of ${was}`];
  });
  context.print({ dataset: cleaned, before: { kept: before.kept, splits: before.splits }, ...figures }, [
    `${summary.kept} pairs would be kept instead of ${before.kept}; nothing is written without --out`,
    ...changed,
  ]);
}

function printSummary(summary: CleanSummary, out: string, report: string, context: CommandContext): void {
  const { samples: _, ...figures } = summary;
  context.print({ dataset: out, report, ...figures }, [cleanLine(summary, out), ...bandLines(summary), `report: ${report}`]);
}

async function writeReport(summary: CleanSummary, out: string): Promise<string> {
  const folder = join(workFolder(out), 'report');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'index.html');
  const { recipeHash } = await readManifest(out);
  const page = renderReport({
    title: `Cleaning, ${summary.recipe}`,
    generatedAt: Date.now(),
    facts: [
      { label: 'seed', value: String(summary.seed) },
      { label: 'recipe', value: `${summary.recipe}, ${recipeHash.slice(0, 12)}` },
      { label: 'clusters of duplicates', value: `${summary.clusters.count}, the largest of ${summary.clusters.largest} pairs` },
    ],
    stages: [],
    peakRssMegabytes: null,
    crawl: null,
    cleaning: cleaningReport(summary),
    training: null,
    evaluation: null,
  });
  await writeAtomically(path, (handle) => handle.writeFile(page));
  return path;
}
