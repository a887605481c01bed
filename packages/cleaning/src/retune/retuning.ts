import { join } from 'node:path';
import { datasetLocation, readManifest, resolveLocation, UserError, workFolder } from '@wenlan/shards';
import type { Manifest } from '@wenlan/shards';
import { evaluationSetOf, summarize } from '../clean.ts';
import { readCleanSummary } from '../clean-summary.ts';
import type { CleanSummary } from '../clean-summary.ts';
import { groupRows } from '../group/group-rows.ts';
import { MeasuredDataset } from '../measure/measured-dataset.ts';
import { readMeasuredFile } from '../measure/measured-file.ts';
import { MEASURES_FOLDER } from '../measure/sent-measures.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { SampleCollector } from '../report/collect-samples.ts';

/** Measured rows kept between two judgements, of 2 to 3 KB each; those beyond are read again each time. */
const MAX_KEPT_ROWS = 200_000;

type MeasuredFile = NonNullable<Awaited<ReturnType<typeof readMeasuredFile>>>;

/** Judges the measures that a cleaning kept by one recipe after another, and reads them once: a changed threshold is answered in a moment. */
export class Retuning {
  readonly #folder: string;
  readonly #raw: Manifest;
  readonly #before: CleanSummary;
  readonly #kept = new Map<string, MeasuredFile>();
  #keptRows = 0;

  private constructor(folder: string, raw: Manifest, before: CleanSummary) {
    this.#folder = folder;
    this.#raw = raw;
    this.#before = before;
  }

  /**
   * @param cleaned location of a dataset that cleaning has written
   * @throws UserError RETUNE_NO_MEASURES; those of `readCleanSummary`
   */
  static async open(cleaned: string): Promise<Retuning> {
    const before = await readCleanSummary(cleaned);
    const raw = await readManifest(await rawOf(cleaned, (await readManifest(cleaned)).parents));
    return new Retuning(join(workFolder(cleaned), MEASURES_FOLDER), raw, before);
  }

  /**
   * What the recipe makes of the raw dataset. Thumbnails are those that the summary of the cleaning has.
   * @param options `seed` is that of the cleaning by default; without `topics` the words of what is kept aren't counted
   * @throws UserError RETUNE_NO_MEASURES, RETUNE_NEEDS_PICTURES
   */
  async judge(recipe: Recipe, options: { seed?: number; topics?: boolean } = {}): Promise<CleanSummary> {
    const { seed = this.#before.seed, topics = false } = options;
    const measured = new MeasuredDataset('', this.#raw, this.#folder, recipe);
    const rows = {
      rows: measured.rows,
      read: () => measured.readAdopted(this.#folder, (path) => this.#readFile(path)),
    };
    const evaluation = await evaluationSetOf(recipe);
    const grouping = await groupRows(rows, recipe, seed, { topics, ...(evaluation === undefined ? {} : { evaluation }) });
    const samples = new SampleCollector(grouping.samples, compileRecipe(recipe));
    let index = 0;
    for await (const shard of rows.read()) {
      for (const row of shard) {
        if (samples.wants(index)) await samples.collect(index, null, row, { maxPixels: 0, blursFaces: false });
        index += 1;
      }
    }
    const summary = summarize(recipe, seed, grouping, samples.result(recipe.rules.map(({ rule }) => rule)));
    const shown = new Map(allSamples(this.#before).map(({ id, thumbnail }) => [id, thumbnail]));
    for (const sample of allSamples(summary)) sample.thumbnail = shown.get(sample.id) ?? null;
    return summary;
  }

  async #readFile(path: string): Promise<MeasuredFile | null> {
    const kept = this.#kept.get(path);
    if (kept !== undefined) return kept;
    const read = await readMeasuredFile(path);
    if (read !== null && this.#keptRows + read.rows.length <= MAX_KEPT_ROWS) {
      this.#kept.set(path, read);
      this.#keptRows += read.rows.length;
    }
    return read;
  }
}

const allSamples = ({ samples: { kept, byRule, near } }: CleanSummary): CleanSummary['samples']['kept'] => [
  ...kept,
  ...Object.values(byRule).flat(),
  ...Object.values(near).flat(),
];

/** The raw dataset that a clean one was made from. */
export async function rawOf(cleaned: string, parents: Manifest['parents']): Promise<string> {
  const [parent] = parents;
  if (parent === undefined)
    throw new UserError('RETUNE_NO_MEASURES', `The dataset ${cleaned} names no raw dataset that it was made from; clean again.`);
  return resolveLocation(datasetLocation(cleaned), parent.location);
}
