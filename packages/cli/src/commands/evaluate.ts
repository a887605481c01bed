import { type RecallAtK, scoreJson } from '@wenlan/evaluation';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import type { EvaluateConfig } from '../config/schema.ts';
import { evaluateStage } from '../stages/evaluate-stage.ts';

export interface EvaluateCommandOptions {
  data: string;
  config?: string;
  split?: EvaluateConfig['split'];
}

export async function evaluateCommand(run: string, options: EvaluateCommandOptions, context: CommandContext): Promise<void> {
  const { seed, evaluate } = await loadConfig(options.config);
  const config = { ...evaluate, split: options.split ?? evaluate.split };
  const { retrieval, skipped } = await evaluateStage({ data: options.data, run, config, seed }, context);
  const { images, texts } = retrieval.conditions;
  context.print({ ...scoreJson(retrieval), skipped }, [
    `${images} pictures, ${texts} distinct captions of split ${config.split}`,
    ...(['i2t', 't2i'] as const).flatMap((direction) => retrieval[direction].recall.map((recall) => lineOf(direction, recall))),
  ]);
}

function lineOf(direction: string, { k, percent, interval, chance, timesChance }: RecallAtK): string {
  const range = interval === null ? '' : ` [${interval.low.toFixed(1)}, ${interval.high.toFixed(1)}]`;
  return `${direction} R@${k} ${percent.toFixed(1)} %${range}, chance ${chance.toFixed(2)} %, ${timesChance.toFixed(1)} × chance`;
}
