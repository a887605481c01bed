import { locationPath } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import type { RunFlags } from './cache-features.ts';
import { trainLine, trainStage } from '../stages/train-stage.ts';

export interface TrainCommandOptions extends RunFlags {
  workers: number;
}

export async function trainCommand(options: TrainCommandOptions, context: CommandContext): Promise<void> {
  const { data, out, workers, config: file, seed, ...flags } = options;
  // The data may be in S3; checkpoints are renamed into place, which wants a folder.
  locationPath(out);
  const config = await loadConfig(file);
  const settings = { ...config.train, ...flags };
  const summary = await trainStage({ data, out, workers, config: settings, seed: seed ?? config.seed }, context);
  context.print({ run: out, ...summary }, [trainLine(summary, out)]);
}
