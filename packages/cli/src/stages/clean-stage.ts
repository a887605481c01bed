import { readFile } from 'node:fs/promises';
import {
  builtInRecipe,
  builtInRecipeNames,
  clean,
  type CleanSummary,
  type PairScorer,
  parseRecipe,
  type Recipe,
} from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../usage-error.ts';

/** Cleans a raw dataset into another one, or goes on with it. @throws what `clean` throws, and UsageError for the recipe */
export async function cleanStage(
  config: Config,
  raw: string,
  out: string,
  { reporter, signal }: CommandContext,
  scorer?: PairScorer,
): Promise<CleanSummary> {
  return clean(raw, {
    out,
    recipe: await recipeOf(config.clean.recipe),
    seed: config.seed,
    signal,
    ...(scorer === undefined ? {} : { scorer }),
    onProgress: ({ phase, rowsDone, rows }) =>
      reporter.progress({ stage: 'clean', done: rowsDone, total: rows, unit: 'rows', detail: phase }),
  });
}

/** A recipe as a config names it: itself, a built-in one, or a YAML file. */
export async function recipeOf(named: Config['clean']['recipe']): Promise<Recipe> {
  if (typeof named !== 'string') return parseRecipe(named);
  if (!/[./\\]/.test(named)) return builtInRecipe(named);
  const text = await readFile(named, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const names = builtInRecipeNames().join(', ');
    throw new UsageError(
      'RECIPE_FILE',
      `The recipe ${named} can't be read (${error.code}); name another file, or a built-in recipe (${names}).`,
    );
  });
  return parseRecipe(text);
}

/** What came of cleaning, in a line. */
export function cleanLine({ kept, dropped, splits }: Pick<CleanSummary, 'kept' | 'dropped' | 'splits'>, dataset: string): string {
  const shares = Object.entries(splits).map(([split, pairs]) => `${split} ${pairs}`);
  return `${kept} pairs kept (${shares.join(', ')}), ${dropped} dropped: ${dataset}`;
}

/** What a scorer said, in its own scale, by which the bounds of the bands are set. */
export function bandLines({ bands }: CleanSummary): string[] {
  if (bands === undefined) return [];
  const counts = bands.bands.map(({ band, pairs, kept }) => `${band} ${kept}${kept === pairs ? '' : ` of ${pairs}`}`);
  const quartiles = bands.correlations?.map((value) => value.toFixed(2));
  return [
    `bands: ${counts.join(', ')}`,
    ...(quartiles === undefined
      ? []
      : [`correlations: ${quartiles[0]} to ${quartiles[4]}, half of them ${quartiles[1]} to ${quartiles[3]}`]),
  ];
}
