import { join } from 'node:path';
import type { CleanSummary } from '@wenlan/cleaning';
import type { CrawlSummary } from '@wenlan/crawler';
import { engineStatus } from '@wenlan/engine/status';
import type { CrawlReport, Fact, OutcomeCount, RunReport, TrainingReport } from '@wenlan/evaluation';
import { readMetrics, readRun, type RunRecord, type StepMetrics, type TrainSummary } from '@wenlan/model/run-files';
import { outcomeClass, readManifest, readPairs } from '@wenlan/shards';
import type { Config } from '../config/schema.ts';
import type { Layout } from '../layout.ts';
import type { Evaluation } from '../stages/evaluate-stage.ts';
import type { Measurements } from '../measurements.ts';
import { cleaningReport } from './cleaning-report.ts';

/** Points of a curve; more would not be seen. */
const CURVE_POINTS = 400;

export interface RunResults {
  title: string;
  config: Config;
  layout: Layout;
  crawled: CrawlSummary;
  cleaned: CleanSummary;
  trained: TrainSummary;
  evaluation: Evaluation;
  measured: Pick<Measurements, 'total' | 'peakRssMegabytes'>;
  generatedAt: number;
}

/** Everything that the report page shows, from what the stages left behind. */
export async function composeReport(results: RunResults): Promise<RunReport> {
  const { title, config, layout, crawled, cleaned, trained, evaluation, measured, generatedAt } = results;
  const record = (await readRun(layout.run))!;
  const metrics = await readMetrics(join(layout.run, 'metrics.jsonl'));
  const { retrieval, textQueries, imageQueries } = evaluation;
  return {
    title,
    generatedAt,
    facts: await factsOf(config, layout, record),
    stages: Object.entries(measured.total).map(([stage, time]) => ({ stage, seconds: time })),
    peakRssMegabytes: measured.peakRssMegabytes,
    crawl: await crawlReport(crawled, layout.raw),
    cleaning: cleaningReport(cleaned),
    training: trainingReport(trained, record, metrics),
    evaluation: { retrieval, textQueries, imageQueries },
  };
}

async function factsOf({ seed }: Config, layout: Layout, { config }: RunRecord): Promise<Fact[]> {
  const { record } = await engineStatus();
  const { recipeHash } = await readManifest(layout.clean);
  const model = typeof config.model === 'string' ? config.model : `an extension of ${String(config.model['extends'])}`;
  return [
    { label: 'seed', value: String(seed) },
    { label: 'model', value: `BriVL, ${model}` },
    { label: 'cleaning recipe', value: recipeHash.slice(0, 12) },
    ...(record === undefined
      ? []
      : [{ label: 'TensorFlow', value: `${record.tensorflowVersion}${record.cuda ? ', CUDA' : ''}` }]),
  ];
}

async function crawlReport({ pages, advice }: CrawlSummary, raw: string): Promise<CrawlReport> {
  const counts = new Map<string, OutcomeCount>();
  for await (const rows of readPairs(raw, { columns: [] })) {
    for (const { outcome, source } of rows) {
      const kind = outcomeClass(outcome);
      const key = `${kind} ${source}`;
      counts.set(key, { outcome: kind, source, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return { pages, outcomes: [...counts.values()], advice };
}

function trainingReport(summary: TrainSummary, { config }: RunRecord, metrics: readonly StepMetrics[]): TrainingReport {
  const stride = Math.ceil(metrics.length / CURVE_POINTS);
  const validated = metrics.filter(({ validationRecallAt10 }) => validationRecallAt10 !== undefined);
  return {
    facts: [
      { label: 'steps', value: String(summary.steps) },
      { label: 'batch', value: String(config.batchSize) },
      { label: 'queue', value: String(config.queueSize) },
      { label: 'momentum', value: String(config.momentum) },
      { label: 'epochs', value: String(summary.epochs) },
      { label: 'samples/s', value: summary.samplesPerSecond.toFixed(0) },
      { label: 'loss, first step', value: summary.firstLoss.toFixed(3) },
      { label: 'loss, last tenth', value: summary.loss.toFixed(3) },
    ],
    loss: metrics.filter((_, index) => index % stride === 0).map(({ step, loss }) => ({ step, value: loss })),
    validation:
      validated.length === 0
        ? null
        : {
            label: 'mean R@10 on the validation split, %',
            points: validated.map(({ step, validationRecallAt10 }) => ({ step, value: validationRecallAt10! })),
          },
  };
}
