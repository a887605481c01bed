import { join } from 'node:path';
import type { TrainBatch } from './batches.ts';
import { readMetrics, type StepMetrics } from './metrics-log.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

const DEFAULT_SPIKE_FACTOR = 10;
/** Losses that a new one is compared with, and how many there have to be. */
const WINDOW = 100;
const MIN_LOSSES = 20;

/** What a run logged of its steps. @param step the last that counts */
export async function readHistory(out: string, step: number): Promise<StepMetrics[]> {
  const logged = step === 0 ? [] : await readMetrics(join(out, 'metrics.jsonl'));
  return logged.filter((metrics) => metrics.step <= step);
}

/** What the steps up to now say of the next: a resumed run reads it from its log, so it decides as if it had never stopped. */
export class TrainHistory {
  private readonly config: ResolvedTrainConfig;
  private readonly steps: StepMetrics[];

  /** @param steps those that were taken, see {@link readHistory} */
  constructor(config: ResolvedTrainConfig, steps: StepMetrics[]) {
    this.config = config;
    this.steps = steps;
  }

  add(metrics: StepMetrics): void {
    this.steps.push(metrics);
  }

  /** The highest recall on the validation split. */
  get bestRecall(): number {
    return this.recalls().reduce((best, recall) => Math.max(best, recall), -Infinity);
  }

  /** Whether the last validations have brought nothing, so that training is to end. */
  get hasStalled(): boolean {
    const { earlyStopValidations = Infinity } = this.config;
    const recalls = this.recalls();
    const best = recalls.indexOf(this.bestRecall); // the first to reach it
    return recalls.length - 1 - best >= earlyStopValidations;
  }

  /** @throws Error naming the pairs of the batch if the loss is no finite number, or far above the last ones */
  checkLoss(step: number, loss: number, { allPairs }: TrainBatch): void {
    const ids = allPairs.map(({ id }) => id).join(', ');
    if (!Number.isFinite(loss)) {
      throw new Error(`The loss of step ${step} is ${loss}; lower train.learningRate, or look at its pairs: ${ids}.`);
    }
    const { lossSpikeFactor = DEFAULT_SPIKE_FACTOR, queueWarmupSteps } = this.config;
    // queues that begin to count are a harder task, not a spike
    const warm = step > queueWarmupSteps ? this.steps.filter((metrics) => metrics.step > queueWarmupSteps) : this.steps;
    const losses = warm.map((metrics) => metrics.loss);
    const median = medianOf(losses.slice(-WINDOW));
    if (losses.length < MIN_LOSSES || loss <= lossSpikeFactor * median || loss <= losses[0]!) return;
    throw new Error(
      `The loss of step ${step} is ${loss.toPrecision(4)}, ${(loss / median).toFixed(1)} times the median of the last ones; ` +
        `lower train.learningRate, raise train.lossSpikeFactor (${lossSpikeFactor}), or look at its pairs: ${ids}.`,
    );
  }

  private recalls(): number[] {
    return this.steps.flatMap(({ validationRecallAt10 }) => validationRecallAt10 ?? []);
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? NaN;
}
