import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { datasetLocation, readManifest, resolveLocation, UserError, workFolder } from '@wenlan/shards';
import type { Manifest } from '@wenlan/shards';
import { clean, evaluationSetOf, MEASURES_FOLDER, summarize } from '../clean.ts';
import type { CleanOptions } from '../clean.ts';
import { readCleanSummary } from '../clean-summary.ts';
import type { CleanSummary } from '../clean-summary.ts';
import { groupRows } from '../group/group-rows.ts';
import { MeasuredDataset } from '../measure/measured-dataset.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { SampleCollector } from '../report/collect-samples.ts';

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
  return preview(cleaned, await readManifest(input), { recipe, seed, before });
}

const blurred = ({ rules }: Recipe): unknown =>
  rules.filter(({ rule }) => rule === 'faces').map(({ sources, options }) => [sources, options['blur']]);

async function preview(
  cleaned: string,
  raw: Manifest,
  { recipe, seed, before }: { recipe: Recipe; seed: number; before: CleanSummary },
): Promise<CleanSummary> {
  const folder = join(workFolder(cleaned), MEASURES_FOLDER);
  const measured = new MeasuredDataset('', raw, folder, recipe);
  const rows = { rows: measured.rows, read: () => measured.readAdopted(folder) };
  const evaluation = await evaluationSetOf(recipe);
  const grouping = await groupRows(rows, recipe, seed, evaluation === undefined ? {} : { evaluation });
  const samples = new SampleCollector(grouping.samples, compileRecipe(recipe));
  let index = 0;
  for await (const shard of rows.read()) {
    for (const row of shard) {
      if (samples.wants(index)) await samples.collect(index, null, row, { maxPixels: 0, blursFaces: false });
      index += 1;
    }
  }
  const summary = summarize(recipe, seed, grouping, samples.result(recipe.rules.map(({ rule }) => rule)));
  const shown = new Map(allSamples(before).map(({ id, thumbnail }) => [id, thumbnail]));
  for (const sample of allSamples(summary)) sample.thumbnail = shown.get(sample.id) ?? null;
  return summary;
}

const allSamples = ({ samples: { kept, byRule, near } }: CleanSummary): CleanSummary['samples']['kept'] => [
  ...kept,
  ...Object.values(byRule).flat(),
  ...Object.values(near).flat(),
];

/** The raw dataset that a clean one was made from. */
async function rawOf(cleaned: string, parents: Manifest['parents']): Promise<string> {
  const [parent] = parents;
  if (parent === undefined)
    throw new UserError('RETUNE_NO_MEASURES', `The dataset ${cleaned} names no raw dataset that it was made from; clean again.`);
  return resolveLocation(datasetLocation(cleaned), parent.location);
}
