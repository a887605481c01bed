import { ALONE } from '@wenlan/engine';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { localPath } from '../local-path.ts';
import { joinRanks } from '../ranks/join-ranks.ts';
import { launchRanks } from '../ranks/launch-ranks.ts';
import { asRank } from '../ranks/launched-rank.ts';
import { rankPlace } from '../ranks/rank-place.ts';
import { trainLine, trainStage } from '../stages/train-stage.ts';
import { UsageError } from '../usage-error.ts';
import type { RunFlags } from './cache-features.ts';

export interface TrainCommandOptions extends RunFlags {
  workers: number;
  worldSize?: number;
  rankTimeout: number;
}

/** Trains in this process, as one of several ranks, or starts them. @returns the exit status */
export async function trainCommand(options: TrainCommandOptions, context: CommandContext): Promise<number | void> {
  const { data, out: folder, workers, worldSize, rankTimeout, config: file, seed, ...flags } = options;
  // The data may be in S3; checkpoints are renamed into place, which wants a folder.
  const out = localPath(folder);
  const config = await loadConfig(file);
  const settings = { ...config.train, ...flags };
  const place = rankPlace(process.env);
  if (worldSize === 0) throw new UsageError('WORLD_SIZE', '--world-size is 0; give the number of processes that train, from 1.');
  if (place === undefined && worldSize !== undefined && worldSize > 1) return launchRanks(worldSize, context);
  if (place !== undefined && worldSize !== undefined && worldSize !== place.size) {
    throw new UsageError(
      'WORLD_SIZE',
      `--world-size ${worldSize} starts processes, but the environment says that this is one of ${place.size}; leave it out.`,
    );
  }
  return asRank(place?.rank ?? 0, context, async (inner) => {
    const group = place === undefined ? ALONE : await joinRanks(place, rankTimeout, inner);
    try {
      const summary = await trainStage({ data, out, workers, config: settings, seed: seed ?? config.seed, group }, inner);
      inner.print({ run: out, ...summary }, [trainLine(summary, out)]);
    } finally {
      await group.leave();
    }
  });
}
