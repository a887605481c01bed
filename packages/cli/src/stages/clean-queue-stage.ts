import type { CleanSummary } from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import type { Config } from '../config/schema.ts';
import { recipeOf } from './clean-stage.ts';
import type { OnQueue } from './crawl-queue-stage.ts';

/** Cleans a raw dataset, whose shards workers measure, or goes on with it. @throws what `cleanOnQueue` throws, and UsageError for the recipe */
export async function cleanQueueStage(
  config: Config,
  raw: string,
  { out, ...onQueue }: { out: string } & OnQueue,
  { reporter, signal }: CommandContext,
): Promise<CleanSummary> {
  const recipe = await recipeOf(config.clean.recipe);
  const { cleanOnQueue } = await import('@wenlan/queue');
  return cleanOnQueue(raw, {
    out,
    recipe,
    seed: config.seed,
    ...onQueue,
    signal,
    onProgress: ({ phase, rowsDone, rows }) =>
      reporter.progress({ stage: 'clean', done: rowsDone, total: rows, unit: 'rows', detail: phase }),
  });
}
