import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { cleanStage } from '../stages/clean-stage.ts';

export interface CleanCommandOptions {
  out: string;
  config?: string;
  recipe?: string;
}

export async function cleanCommand(raw: string, options: CleanCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  if (options.recipe !== undefined) config.clean.recipe = options.recipe;
  const { samples: _, ...summary } = await cleanStage(config, raw, options.out, context);
  const { kept, dropped, splits } = summary;
  const shares = Object.entries(splits).map(([split, pairs]) => `${split} ${pairs}`);
  context.print({ dataset: options.out, ...summary }, [
    `${kept} pairs kept (${shares.join(', ')}), ${dropped} dropped: ${options.out}`,
  ]);
}
