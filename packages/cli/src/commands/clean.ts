import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { cleanLine, cleanStage } from '../stages/clean-stage.ts';

export interface CleanCommandOptions {
  out: string;
  config?: string;
  recipe?: string;
}

export async function cleanCommand(raw: string, options: CleanCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  if (options.recipe !== undefined) config.clean.recipe = options.recipe;
  const { samples: _, ...summary } = await cleanStage(config, raw, options.out, context);
  context.print({ dataset: options.out, ...summary }, [cleanLine(summary, options.out)]);
}
