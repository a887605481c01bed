import { train, type TrainProgress } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';

export interface TrainCommandOptions {
  data: string;
  out: string;
  config?: string;
  steps?: number;
  seed?: number;
  workers: number;
}

export async function trainCommand(options: TrainCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  const summary = await train({
    data: options.data,
    out: options.out,
    config: { ...config.train, ...(options.steps === undefined ? {} : { steps: options.steps }) },
    seed: options.seed ?? config.seed,
    workers: options.workers,
    onProgress: (event) => report(event, context),
    signal: context.signal,
  });
  const { steps, loss, samplesPerSecond } = summary;
  context.print({ run: options.out, ...summary }, [
    `${steps} steps, loss ${loss.toFixed(3)} from ${summary.firstLoss.toFixed(3)}, ${samplesPerSecond.toFixed(0)} samples/s: ${options.out}`,
  ]);
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
