import { join } from 'node:path';
import { readMetrics, readRun, type StepMetrics } from '@wenlan/model/run-files';
import { UsageError } from './usage-error.ts';

/** What a training run did so far, in figures. Times leave out validation and checkpoints. */
export interface RunFigures {
  run: string;
  steps: number;
  firstLoss: number;
  loss: number;
  /** Of the validation split, in per cent; null where it was never ranked. */
  bestRecallAt10: { step: number; recallAt10: number } | null;
  /** Medians over steps. */
  samplesPerSecond: number;
  dataMillis: number;
  computeMillis: number;
  peakMegabytes: number;
  skippedPictures: number;
}

/** Reads the log of a run, finished or not. @throws UsageError RUN_MISSING, RUN_WITHOUT_STEPS */
export async function readRunFigures(run: string): Promise<{ figures: RunFigures; metrics: StepMetrics[] }> {
  const record = await readRun(run);
  if (record === undefined)
    throw new UsageError('RUN_MISSING', `${run} holds no run (no run.json); name the folder that training wrote.`);
  const metrics = await readMetrics(join(run, 'metrics.jsonl')).catch(() => []);
  const [first, last] = [metrics[0], metrics.at(-1)];
  if (first === undefined || last === undefined)
    throw new UsageError('RUN_WITHOUT_STEPS', `${run} has taken no step yet; train it further.`);
  const stepMillis = ({ samplesPerSecond }: StepMetrics): number => (1000 * record.config.batchSize) / samplesPerSecond;
  const ranked = metrics.flatMap(({ step, validationRecallAt10 }) =>
    validationRecallAt10 === undefined ? [] : [{ step, recallAt10: validationRecallAt10 }],
  );
  const figures: RunFigures = {
    run,
    steps: last.step,
    firstLoss: first.loss,
    loss: last.loss,
    bestRecallAt10: ranked.reduce<RunFigures['bestRecallAt10']>(
      (best, each) => (best === null || each.recallAt10 > best.recallAt10 ? each : best),
      null,
    ),
    samplesPerSecond: median(metrics.map(({ samplesPerSecond }) => samplesPerSecond)),
    dataMillis: median(metrics.map((step) => stepMillis(step) * step.dataWaitShare)),
    computeMillis: median(metrics.map((step) => stepMillis(step) * (1 - step.dataWaitShare))),
    peakMegabytes: metrics.reduce((peak, { residentMegabytes }) => Math.max(peak, residentMegabytes), 0),
    skippedPictures: metrics.reduce((sum, { skippedPictures }) => sum + skippedPictures, 0),
  };
  return { figures, metrics };
}

function median(values: number[]): number {
  const sorted = values.sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}
