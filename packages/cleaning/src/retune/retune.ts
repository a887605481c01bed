import { isDeepStrictEqual } from 'node:util';
import { readManifest } from '@wenlan/shards';
import { clean } from '../clean.ts';
import type { CleanOptions } from '../clean.ts';
import { readCleanSummary } from '../clean-summary.ts';
import type { CleanSummary } from '../clean-summary.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { rawOf, Retuning } from './retuning.ts';

/** The recipe that a cleaned dataset is judged by anew. */
export interface RetuneOptions extends Pick<CleanOptions, 'workers' | 'maxShardRows' | 'onProgress' | 'signal'> {
  recipe: Recipe;
  /** That of the earlier cleaning by default. */
  seed?: number;
  /** Where the dataset is written that cleaning with the recipe would have written; by default nothing is. */
  out?: string;
}

/**
 * What another recipe makes of a dataset that cleaning has written, from the measures that it kept: no picture is decoded. Without
 * `out` nothing but the measures is read, and thumbnails are those that the earlier summary had; with it, pictures are copied,
 * and encoded only if they were dropped before. The result is that of cleaning the raw dataset anew.
 * @param cleaned location of the dataset that cleaning has written
 * @throws UserError those of `clean`; RETUNE_NO_MEASURES, RETUNE_NEEDS_PICTURES; those of `readCleanSummary`
 */
export async function retune(cleaned: string, options: RetuneOptions): Promise<CleanSummary> {
  const before = await readCleanSummary(cleaned);
  const { parents, recipe: earlierRecipe } = await readManifest(cleaned);
  const input = await rawOf(cleaned, parents);
  const { recipe, out, seed = before.seed, ...rest } = options;
  if (out !== undefined) {
    const { encode } = earlierRecipe as Recipe;
    const sameFaces = isDeepStrictEqual(blurred(recipe), blurred(earlierRecipe as Recipe));
    const earlier = { location: cleaned, sameEncoding: sameFaces && isDeepStrictEqual(encode, recipe.encode) };
    return clean(input, { ...rest, out, recipe, seed, earlier });
  }
  return (await Retuning.open(cleaned)).judge(recipe, { seed, topics: true });
}

const blurred = ({ rules }: Recipe): unknown =>
  rules.filter(({ rule }) => rule === 'faces').map(({ sources, options }) => [sources, options['blur']]);
