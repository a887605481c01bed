import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readPairs, SOURCES, UserError } from '@wenlan/shards';
import type { Manifest, Pair } from '@wenlan/shards';
import type { PairScorer } from '../bands/pair-scorer.ts';
import type { Detectors } from '../detectors/detector.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { CompiledRecipe } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { ruleNamed } from '../rules/rule-table.ts';
import { measureRow, settlePair } from './measure-row.ts';
import type { MeasuredRow } from './measure-row.ts';
import { measureText } from './measure-text.ts';
import { isMeasured, readMeasured, readMeasuredFile, writeMeasured } from './measured-file.ts';
import type { MeasuredHeader, PictureMeasures } from './measured-file.ts';
import { scorePairs } from './score-pairs.ts';

export interface MeasureOptions {
  /** Pictures decoded at once. */
  workers: number;
  signal?: AbortSignal | undefined;
  onShard: (rowsDone: number) => void;
}

/** The models that look at pictures; none by default. */
export interface MeasureModels {
  detectors?: Detectors;
  scorer?: PairScorer | undefined;
}

/**
 * The first pass over a dataset and its result: for each shard one file of measured rows in a folder of its own. What is
 * measured once isn't measured again, also by a later process, as long as only thresholds change.
 */
export class MeasuredDataset {
  readonly #input: string;
  readonly #manifest: Manifest;
  readonly #folder: string;
  readonly #recipe: CompiledRecipe;
  readonly #models: MeasureModels;
  readonly #texts: string;
  readonly #pictures: PictureMeasures;

  /** @param folder where the files lie; nothing else may */
  constructor(input: string, manifest: Manifest, folder: string, recipe: Recipe, models: MeasureModels = {}) {
    this.#input = input;
    this.#manifest = manifest;
    this.#folder = folder;
    this.#recipe = compileRecipe(recipe);
    this.#models = models;
    this.#texts = createHash('sha256')
      .update(JSON.stringify(textMeasures(recipe)))
      .digest('hex');
    this.#pictures = {
      maxPixels: Object.fromEntries(SOURCES.map((source) => [source, this.#recipe.forSource(source).maxPixels])),
      detectors: Object.fromEntries(Object.entries(models.detectors ?? {}).map(([kind, { name }]) => [kind, name])),
      scorer: models.scorer?.name ?? null,
    };
  }

  get rows(): number {
    return this.#manifest.totals.rows;
  }

  /** Where what grouping spills may lie. */
  get folder(): string {
    return this.#folder;
  }

  /** Indexes of the shards that aren't measured yet. */
  async missing(): Promise<number[]> {
    const missing: number[] = [];
    for (const index of this.#manifest.shards.keys()) {
      if (!(await isMeasured(this.#path(index), this.#header(index)))) missing.push(index);
    }
    return missing;
  }

  /** Measures the shards that are {@link missing}. An abort takes effect once the shard in flight is written. */
  async measure({ workers, signal, onShard }: MeasureOptions): Promise<void> {
    const wanted = await this.missing();
    let rowsDone = this.rows - wanted.reduce((sum, index) => sum + this.#manifest.shards[index]!.rows, 0);
    onShard(rowsDone);
    for await (const rows of this.measureShards(wanted, workers)) {
      rowsDone += rows;
      onShard(rowsDone);
      signal?.throwIfAborted();
    }
  }

  /** Measures shards, whether they are measured or not. @returns after each that is written, its rows */
  async *measureShards(indexes: readonly number[], workers: number): AsyncGenerator<number, void, undefined> {
    await mkdir(this.#folder, { recursive: true });
    const { detectors, scorer } = this.#models;
    const shards = indexes.map((index) => ({ index, ...this.#manifest.shards[index]! }));
    let measured: MeasuredRow[] = [];
    for await (const batch of readPairs(this.#input, { shards: shards.map(({ file }) => file) })) {
      const rows = await mapConcurrent(batch, workers, (row) => measureRow(row, this.#recipe, detectors));
      if (scorer !== undefined) await scorePairs(scorer, batch, rows);
      measured.push(...rows);
      const { index, rows: all } = shards[0]!;
      if (measured.length < all) continue;
      await writeMeasured(this.#path(index), this.#header(index), measured);
      measured = [];
      shards.shift();
      yield all;
    }
  }

  /** Removes what processes that were killed left half-written. */
  async removeUnfinished(): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (name.endsWith('.tmp')) await rm(join(this.#folder, name), { force: true });
  }

  /**
   * Takes over what an earlier cleaning has measured on the pictures of the same dataset. Texts are measured anew if a rule on
   * texts changed, from the texts as they were found.
   * @param folder of the measures of that cleaning
   * @throws UserError RETUNE_NEEDS_PICTURES, RETUNE_NO_MEASURES
   */
  async adopt(folder: string, { signal, onShard }: Pick<MeasureOptions, 'signal' | 'onShard'>): Promise<void> {
    let rowsDone = 0;
    for (const [index, { sha256 }] of this.#manifest.shards.entries()) {
      const stored = await readMeasuredFile(join(folder, fileName(index)));
      if (stored === null || stored.header.shard !== sha256)
        throw new UserError(
          'RETUNE_NO_MEASURES',
          `The measures of the shard ${this.#manifest.shards[index]!.file} are not in ${folder}, or of other data; clean the dataset again without --retune.`,
        );
      if (index === 0) this.#takeModels(stored.header.pictures);
      if (!(await isMeasured(this.#path(index), this.#header(index)))) {
        await mkdir(this.#folder, { recursive: true });
        await writeMeasured(this.#path(index), this.#header(index), this.#remeasure(stored.header, stored.rows));
      }
      rowsDone += stored.rows.length;
      onShard(rowsDone);
      signal?.throwIfAborted();
    }
  }

  /**
   * As {@link read} after {@link adopt}, without writing anything.
   * @param readFile reads one of its files; what it gives is left as it is but for the scores of rules on pairs
   */
  async *readAdopted(folder: string, readFile = readMeasuredFile): AsyncGenerator<MeasuredRow[], void, undefined> {
    for (const index of this.#manifest.shards.keys()) {
      const stored = await readFile(join(folder, fileName(index)));
      if (stored === null)
        throw new UserError(
          'RETUNE_NO_MEASURES',
          `The dataset keeps no measures in ${folder}; clean the raw dataset again without --retune.`,
        );
      if (index === 0) this.#takeModels(stored.header.pictures);
      yield this.#settled(this.#remeasure(stored.header, stored.rows));
    }
  }

  /** The measured rows in the order of the dataset, one array a shard. */
  async *read(): AsyncGenerator<MeasuredRow[], void, undefined> {
    for (const index of this.#manifest.shards.keys()) {
      const rows = await readMeasured(this.#path(index), this.#header(index));
      if (rows === null)
        throw new Error(`The file ${this.#path(index)} is gone or damaged; run the same command again to measure it anew.`);
      yield this.#settled(rows);
    }
  }

  /** Rows and their measures side by side, one array a record batch. */
  async *readWithPairs(): AsyncGenerator<{ row: Pair; measured: MeasuredRow }[], void, undefined> {
    const measured = this.read();
    let pending: MeasuredRow[] = [];
    for await (const batch of readPairs(this.#input)) {
      const joined = [];
      for (const row of batch) {
        while (pending.length === 0) {
          const next = await measured.next();
          if (next.done === true)
            throw new Error(`The dataset ${this.#input} has changed while it was cleaned; run the same command again.`);
          pending = next.value.reverse();
        }
        joined.push({ row, measured: pending.pop()! });
      }
      yield joined;
    }
  }

  #settled(rows: MeasuredRow[]): MeasuredRow[] {
    for (const row of rows) settlePair(row, this.#recipe.forSource(row.source));
    return rows;
  }

  /** What the models of the earlier cleaning said is taken over with its measures. */
  #takeModels({ maxPixels, detectors, scorer }: PictureMeasures): void {
    const needsPictures = (what: string): UserError =>
      new UserError('RETUNE_NEEDS_PICTURES', `${what}; clean the dataset again without --retune.`);
    for (const source of SOURCES) {
      if (maxPixels[source] !== this.#pictures.maxPixels[source])
        throw needsPictures(
          `decode.maxPixels was ${maxPixels[source]} and is now ${this.#pictures.maxPixels[source]}, which decides what is decoded`,
        );
    }
    for (const { rule, options } of this.#recipe.steps) {
      const { module } = options as { module?: string };
      if (module !== undefined && detectors[rule.name] === undefined)
        throw needsPictures(`The recipe names a detector for the rule ${rule.name}, and none has looked at the pictures`);
    }
    Object.assign(this.#pictures, { detectors, scorer });
  }

  /** Rows as this recipe's rules on texts measure them. */
  #remeasure(header: MeasuredHeader, rows: MeasuredRow[]): MeasuredRow[] {
    if (header.texts === this.#texts) return rows;
    return rows.map((row) => {
      const steps = this.#recipe.forSource(row.source);
      const texts = row.found.map(({ kind, text }) => measureText(text, { kind, source: row.source }, steps));
      // The scorer has judged the text as it was; of another one it has said nothing.
      const { scored } = row;
      if (scored === undefined) return { ...row, texts };
      const correlations = texts.map(({ text }, at) => (text === row.texts[at]?.text ? (scored.correlations[at] ?? null) : null));
      return { ...row, texts, scored: { ...scored, correlations } };
    });
  }

  #path(shard: number): string {
    return join(this.#folder, fileName(shard));
  }

  #header(shard: number): MeasuredHeader {
    const { sha256, rows } = this.#manifest.shards[shard]!;
    return { shard: sha256, rows, pictures: this.#pictures, texts: this.#texts };
  }
}

const fileName = (shard: number): string => `measured-${String(shard).padStart(5, '0')}.ndjson.gz`;

/** The rules on texts with those options that their measures depend on. */
function textMeasures({ rules }: Recipe): unknown[] {
  return rules.flatMap(({ rule, sources, options }) => {
    const { unit, thresholds = [] } = ruleNamed(rule);
    if (unit !== 'rewrite' && unit !== 'text') return [];
    const deciding = Object.entries(options).filter(([name]) => !thresholds.includes(name));
    return [{ rule, sources, options: Object.fromEntries(deciding) }];
  });
}
