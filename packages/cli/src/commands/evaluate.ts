import { scoreJson } from '@wenlan/evaluation';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import type { EvaluateConfig } from '../config/schema.ts';
import { recallLines } from '../recall-lines.ts';
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
    ...recallLines(retrieval),
  ]);
}
