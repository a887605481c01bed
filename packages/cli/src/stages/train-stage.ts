import type { Group } from '@wenlan/engine';
import { train, type TrainProgress, type TrainSummary } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';

export interface TrainStageOptions {
  data: string;
  out: string;
  config: Record<string, unknown>;
  seed: number;
  workers: number;
  /** The ranks that train together; this process alone unless told. */
  group?: Group;
}

/** Trains a run, or goes on with it. @throws what `train` throws */
export async function trainStage(options: TrainStageOptions, context: CommandContext): Promise<TrainSummary> {
  return train({ ...options, signal: context.signal, onProgress: (event) => report(event, context) });
}

function report(event: TrainProgress, { reporter }: CommandContext): void {
  if (event.type === 'note') reporter.note(event.sentence);
  if (event.type === 'vocabulary') reporter.note(`The vocabulary has ${event.tokens} tokens.`);
  if (event.type === 'validation') {
    reporter.note(`step ${event.step}: mean R@10 ${event.recallAt10.toFixed(1)} % over ${event.pairs} validation pairs`);
  }
  if (event.type === 'step') {
    const detail = `loss ${event.loss.toFixed(3)}, ${event.samplesPerSecond.toFixed(0)} samples/s`;
    reporter.progress({ stage: 'train', done: event.step, total: event.steps, unit: 'steps', detail });
  }
}

/** What came of training, in a line. */
export const trainLine = ({ steps, loss, firstLoss, samplesPerSecond }: TrainSummary, run: string): string =>
  `${steps} steps, loss ${loss.toFixed(3)} from ${firstLoss.toFixed(3)}, ${samplesPerSecond.toFixed(0)} samples/s: ${run}`;
