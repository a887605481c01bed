import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RecallAtK, renderReport } from '@wenlan/evaluation';
import { readRun } from '@wenlan/model/run-files';
import { readManifest, writeAtomically } from '@wenlan/shards';
import type { CommandContext } from './command-context.ts';
import type { Config } from './config/schema.ts';
import { layoutOf } from './layout.ts';
import { composeReport } from './report/compose-report.ts';
import { cleanLine, cleanStage } from './stages/clean-stage.ts';
import { type ConnectTo, crawlLine, crawlStage } from './stages/crawl-stage.ts';
import { StoredEvaluationStage } from './stages/stored-evaluation.ts';
import { trainLine, trainStage } from './stages/train-stage.ts';
import { Measurements, peakRssMegabytes, type Seconds } from './measurements.ts';

export interface PipelineOptions {
  /** Of the report. */
  title: string;
  connectTo: ConnectTo;
  /** Threads that decode pictures in training. */
  workers: number;
}

/** What `wenlan run` and `wenlan quickstart` print with `--json`. */
export interface PipelineResult {
  candidates: number;
  kept: number;
  /** Distinct captions ranked. */
  gallery: number;
  /** Mean of both directions, in per cent. */
  recallAt10: number;
  chanceAt10: number;
  firstLoss: number;
  loss: number;
  /** By stage, of this invocation. */
  seconds: Seconds;
  /** Of this invocation. */
  peakRssMegabytes: number;
  report: string;
}

/**
 * The whole line: crawl, clean, train, evaluate, report, all below the `out` folder of the config. What is done already is
 * found and not done again; what was killed goes on.
 */
export async function runPipeline(config: Config, options: PipelineOptions, context: CommandContext): Promise<PipelineResult> {
  const layout = layoutOf(config.out);
  await mkdir(config.out, { recursive: true });
  const measured = await Measurements.open(layout.measurements);
  const note = (sentence: string): void => context.reporter.note(sentence);

  const isCrawled = await isComplete(layout.raw);
  const crawled = await measured.measure('crawl', isCrawled, () => crawlStage(config, layout.raw, options.connectTo, context));
  note(crawlLine(crawled, layout.raw));

  const isCleaned = await isComplete(layout.clean);
  const cleaned = await measured.measure('clean', isCleaned, () => cleanStage(config, layout.raw, layout.clean, context));
  note(cleanLine(cleaned, layout.clean));

  const isTrained = (await readRun(layout.run))?.summary !== undefined;
  const { seed, train, evaluate } = config;
  const trainOptions = { data: layout.clean, out: layout.run, config: train, seed, workers: options.workers };
  const trained = await measured.measure('train', isTrained, () => trainStage(trainOptions, context));
  note(trainLine(trained, layout.run));

  const stage = await StoredEvaluationStage.open({ data: layout.clean, run: layout.run, config: evaluate, seed });
  const evaluation = await measured.measure('evaluate', stage.isDone, () => stage.run(context));

  const results = {
    title: options.title,
    config,
    layout,
    crawled,
    cleaned,
    trained,
    evaluation,
    measured,
    generatedAt: Date.now(),
  };
  await writePage(layout.report, renderReport(await composeReport(results)));

  const at10 = evaluation.retrieval.mean.find(({ k }) => k === 10) as RecallAtK;
  return {
    candidates: crawled.candidates,
    kept: cleaned.kept,
    gallery: evaluation.retrieval.conditions.texts,
    recallAt10: at10.percent,
    chanceAt10: at10.chance,
    firstLoss: trained.firstLoss,
    loss: trained.loss,
    seconds: measured.now,
    peakRssMegabytes: peakRssMegabytes(),
    report: layout.report,
  };
}

async function isComplete(dataset: string): Promise<boolean> {
  return readManifest(dataset).then(
    ({ complete }) => complete,
    () => false,
  );
}

async function writePage(file: string, page: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeAtomically(file, (handle) => handle.writeFile(page));
}
