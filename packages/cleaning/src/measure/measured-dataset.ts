import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readPairs } from '@wenlan/shards';
import type { Manifest, Pair } from '@wenlan/shards';
import { mapConcurrent } from '../map-concurrent.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { CompiledRecipe } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { measureRow } from './measure-row.ts';
import type { MeasuredRow } from './measure-row.ts';
import { isMeasured, readMeasured, writeMeasured } from './measured-file.ts';
import type { MeasuredHeader } from './measured-file.ts';

export interface MeasureOptions {
  /** Pictures decoded at once. */
  workers: number;
  signal?: AbortSignal | undefined;
  onShard: (rowsDone: number) => void;
}

/**
 * The first pass over a dataset and its result: for each shard one file of measured rows in a folder of its own. What is
 * measured once isn't measured again, also by a later process.
 */
export class MeasuredDataset {
  readonly #input: string;
  readonly #manifest: Manifest;
  readonly #folder: string;
  readonly #recipe: CompiledRecipe;
  readonly #recipeHash: string;

  /** @param folder where the files lie; nothing else may */
  constructor(input: string, manifest: Manifest, folder: string, recipe: Recipe) {
    this.#input = input;
    this.#manifest = manifest;
    this.#folder = folder;
    this.#recipe = compileRecipe(recipe);
    this.#recipeHash = createHash('sha256').update(JSON.stringify(recipe.rules)).digest('hex');
  }

  get rows(): number {
    return this.#manifest.totals.rows;
  }

  /** Measures the shards that aren't yet. An abort takes effect once the shard in flight is written. */
  async measure({ workers, signal, onShard }: MeasureOptions): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const missing: boolean[] = [];
    let rowsDone = 0;
    for (const [index, shard] of this.#manifest.shards.entries()) {
      const done = await isMeasured(this.#path(index), this.#header(index));
      missing.push(!done);
      if (done) rowsDone += shard.rows;
    }
    onShard(rowsDone);
    const wanted = [...missing.keys()].filter((index) => missing[index]);
    let measured: MeasuredRow[] = [];
    for await (const batch of this.#readShards(missing)) {
      measured.push(...(await mapConcurrent(batch, workers, (row) => measureRow(row, this.#recipe))));
      const shard = wanted[0]!;
      if (measured.length < this.#manifest.shards[shard]!.rows) continue;
      await writeMeasured(this.#path(shard), this.#header(shard), measured);
      rowsDone += measured.length;
      onShard(rowsDone);
      measured = [];
      wanted.shift();
      signal?.throwIfAborted();
    }
  }

  /** The measured rows in the order of the dataset, one array a shard. */
  async *read(): AsyncGenerator<MeasuredRow[], void, undefined> {
    for (const index of this.#manifest.shards.keys()) {
      const rows = await readMeasured(this.#path(index), this.#header(index));
      if (rows === null)
        throw new Error(`The file ${this.#path(index)} is gone or damaged; run the same command again to measure it anew.`);
      yield rows;
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

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The rows of the shards that are wanted; of the others not even the pictures are read. */
  #readShards(wanted: readonly boolean[]): AsyncGenerator<Pair[], void, undefined> {
    if (wanted.every(Boolean)) return readPairs(this.#input);
    const shardOfRow = walkShards(this.#manifest);
    return readPairs(this.#input, { where: () => wanted[shardOfRow.next().value as number]! });
  }

  #path(shard: number): string {
    return join(this.#folder, `measured-${String(shard).padStart(5, '0')}.ndjson`);
  }

  #header(shard: number): MeasuredHeader {
    const { sha256, rows } = this.#manifest.shards[shard]!;
    return { shard: sha256, recipe: this.#recipeHash, rows };
  }
}

function* walkShards({ shards }: Manifest): Generator<number, void, undefined> {
  for (const [index, { rows }] of shards.entries()) for (let row = 0; row < rows; row += 1) yield index;
}
