import type { StepMetrics } from './metrics-log.ts';
import type { TrainSummary } from './run-record.ts';

/** Sums a run up from its log, which a resumed run shares with the one before. */
export function summarize(metrics: readonly StepMetrics[], batchSize: number): TrainSummary {
  const first = metrics[0]!;
  const last = metrics.at(-1)!;
  const end = metrics.slice(-Math.ceil(metrics.length / 10));
  const sum = (steps: readonly StepMetrics[], value: (step: StepMetrics) => number): number =>
    steps.reduce((total, step) => total + value(step), 0);
  const seconds = sum(metrics, ({ samplesPerSecond }) => batchSize / samplesPerSecond);
  return {
    steps: last.step,
    samples: metrics.length * batchSize,
    epochs: last.epoch + 1,
    firstLoss: first.loss,
    loss: sum(end, ({ loss }) => loss) / end.length,
    validationRecallAt10: last.validationRecallAt10 ?? null,
    skippedPictures: sum(metrics, ({ skippedPictures }) => skippedPictures),
    seconds,
    samplesPerSecond: (metrics.length * batchSize) / seconds,
  };
}
