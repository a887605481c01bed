import { basename } from 'node:path';
import { SCHEMA_NAME } from './arrow-schema.ts';
import { canonicalHash, canonicalJson, firstDifference } from './canonical-json.ts';
import { checkRow } from './check-row.ts';
import { DiskFullError } from './disk-full-error.ts';
import { forgottenMatcher, joinLists, readForgotten, tombstone, writeForgotten } from './forget/forgotten-list.ts';
import type { ForgettablePair } from './forget/forgotten-list.ts';
import { DATA_FOLDER, removeLeftovers, shardFiles } from './leftovers.ts';
import { linkShards } from './link-shards.ts';
import { datasetLocation, joinLocation, relativeLocation } from './location.ts';
import {
  addToTotals,
  addTotals,
  compareShards,
  emptyTotals,
  FORMAT_VERSION,
  manifestPath,
  readManifest,
  readManifestBytes,
  writeManifest,
} from './manifest.ts';
import type { Manifest, ManifestBytes, Parent, ShardEntry } from './manifest.ts';
import type { Pair } from './pair.ts';
import { payloadBytes, writeShard } from './shard-writer.ts';
import { storageOf } from './storage/storage.ts';
import { UserError } from './user-error.ts';

const DEFAULT_MAX_SHARD_ROWS = 1000;
const DEFAULT_MAX_SHARD_BYTES = 256 * 2 ** 20;
const SPLIT_NAME = /^[\p{Letter}\p{Number}_][\p{Letter}\p{Number}_-]*$/u;

/** What a dataset is of, and when a shard is full. */
export interface OpenOptions {
  /** What writes the dataset: `crawl`, `clean`, … */
  stage: string;
  /** JSON: all that decides the rows beside the parents. A resume with another recipe is refused. */
  recipe: unknown;
  /** Locations of the datasets that the rows are made from. */
  parents?: string[];
  /** Other datasets whose forgotten pairs must not come back in this one; those of the parents don't anyway. */
  forgottenIn?: readonly string[];
  /** A shard ends at this many rows … */
  maxShardRows?: number;
  /** … or once its pictures and texts have this many bytes. */
  maxShardBytes?: number;
}

/**
 * Creates a dataset, or opens one to go on with it, and takes its writer's lock.
 * What a killed writer left unfinished is removed.
 * @param location a path, a `file:` URL or an `s3:` URL
 * @throws UserError DATASET_LOCKED, FOLDER_UNUSABLE, RECIPE_DIFFERS, PARENT_DIFFERS, STAGE_DIFFERS, MANIFEST_MISSING, SHARD_MISSING; those
 * of {@link readManifest} for a parent; {@link DiskFullError}
 */
export async function openDataset(location: string, options: OpenOptions): Promise<DatasetWriter> {
  const folder = datasetLocation(location);
  const storage = storageOf(folder);
  const parents = await Promise.all((options.parents ?? []).map((parent) => describeParent(folder, parent)));
  await storage.makeFolder(joinLocation(folder, DATA_FOLDER));
  const release = await storage.lock(folder);
  try {
    const found = await readOrCreate(folder, options, parents);
    await removeLeftovers(folder, found.manifest);
    const others = [...(options.parents ?? []), ...(options.forgottenIn ?? [])];
    return new DatasetWriter(folder, found, release, options, await forgottenBy(folder, others));
  } catch (error) {
    await release();
    throw error;
  }
}

async function describeParent(folder: string, parent: string): Promise<Parent> {
  const { sha256 } = await readManifestBytes(parent);
  return { location: relativeLocation(folder, datasetLocation(parent)), manifestSha256: sha256 };
}

type Found = Pick<ManifestBytes, 'manifest' | 'version'>;

async function readOrCreate(folder: string, options: OpenOptions, parents: Parent[]): Promise<Found> {
  const recipe: unknown = JSON.parse(canonicalJson(options.recipe));
  let found: Found;
  try {
    found = await readManifestBytes(folder);
  } catch (error) {
    if ((error as UserError).code !== 'DATASET_MISSING') throw error;
    if ((await shardFiles(folder)).length > 0) {
      throw new UserError(
        'MANIFEST_MISSING',
        `${joinLocation(folder, DATA_FOLDER)} holds shards but ${folder} has no manifest.json; restore it, or choose another folder.`,
        { cause: error },
      );
    }
    const manifest: Manifest = {
      formatVersion: FORMAT_VERSION,
      stage: options.stage,
      schema: SCHEMA_NAME,
      recipe,
      recipeHash: canonicalHash(recipe),
      parents,
      shards: [],
      totals: emptyTotals(),
      complete: false,
    };
    return { manifest, version: await writeManifest(folder, manifest, null) };
  }
  refuseOtherInput(folder, found.manifest, options.stage, recipe, parents);
  const sizes = new Map((await shardFiles(folder)).map(({ name, bytes }) => [name, bytes]));
  for (const { file, bytes } of found.manifest.shards) {
    const size = sizes.get(basename(file));
    if (size !== bytes) {
      const state = size === undefined ? 'is missing' : `has ${size} bytes instead of ${bytes}`;
      throw new UserError(
        'SHARD_MISSING',
        `The committed shard ${joinLocation(folder, file)} ${state}; restore it, or delete ${folder} to start over.`,
      );
    }
  }
  return found;
}

function refuseOtherInput(folder: string, manifest: Manifest, stage: string, recipe: unknown, parents: Parent[]): void {
  const mend = `choose another folder, or delete ${folder} to start over`;
  if (manifest.stage !== stage) {
    throw new UserError(
      'STAGE_DIFFERS',
      `${folder} was written by the stage ${manifest.stage}, not by ${stage}; choose another folder.`,
    );
  }
  const difference = firstDifference(manifest.recipe, recipe);
  if (difference !== null) {
    const { key, before, after } = difference;
    throw new UserError(
      'RECIPE_DIFFERS',
      `${folder} was begun with another recipe: ${key === '' ? 'it' : key} was ${show(before)} and is now ${show(after)}; ${mend}.`,
    );
  }
  if (manifest.parents.length !== parents.length) {
    throw new UserError(
      'PARENT_DIFFERS',
      `${folder} was made from ${manifest.parents.length} datasets and is now given ${parents.length}; ${mend}.`,
    );
  }
  for (const [index, { location, manifestSha256 }] of parents.entries()) {
    if (manifest.parents[index]!.manifestSha256 !== manifestSha256) {
      throw new UserError(
        'PARENT_DIFFERS',
        `${folder} was made from another state of ${location}, which has changed since; ${mend}.`,
      );
    }
  }
}

const show = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));

/** What the dataset, its parents and the datasets named forget; all of it is remembered by the dataset from now on. */
async function forgottenBy(folder: string, others: readonly string[]): Promise<((row: ForgettablePair) => boolean) | null> {
  const own = await readForgotten(folder);
  const all = joinLists(own, ...(await Promise.all(others.map((other) => readForgotten(datasetLocation(other))))));
  if (canonicalJson(all) !== canonicalJson(own)) await writeForgotten(folder, all);
  return forgottenMatcher(all);
}

interface Pending {
  rows: Pair[];
  bytes: number;
}

/**
 * Appends rows to a dataset, shard by shard. A shard is committed once it is full, whichever calls its rows came in, so that
 * a producer that gives the same rows gives the same bytes, also when it was killed and went on.
 * To go on, either continue from a state of your own that was saved when a shard was committed, or produce the rows again
 * and leave out the first {@link rowsCommitted} of each split. Calls may not overlap.
 */
export class DatasetWriter {
  readonly #folder: string;
  readonly #release: () => Promise<void>;
  readonly #maxShardRows: number;
  readonly #maxShardBytes: number;
  readonly #pending = new Map<string, Pending>();
  #manifest: Manifest;
  #version: string;
  readonly #isForgotten: ((row: ForgettablePair) => boolean) | null;
  #open = true;

  /** Use {@link openDataset}. */
  constructor(
    folder: string,
    { manifest, version }: Found,
    release: () => Promise<void>,
    options: OpenOptions,
    isForgotten: ((row: ForgettablePair) => boolean) | null,
  ) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#version = version;
    this.#release = release;
    this.#isForgotten = isForgotten;
    this.#maxShardRows = options.maxShardRows ?? DEFAULT_MAX_SHARD_ROWS;
    this.#maxShardBytes = options.maxShardBytes ?? DEFAULT_MAX_SHARD_BYTES;
  }

  /** As it is on disk. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  get complete(): boolean {
    return this.#manifest.complete;
  }

  /** Rows of a split that lie in committed shards. */
  rowsCommitted(split: string): number {
    return this.#manifest.totals.bySplit[split] ?? 0;
  }

  /**
   * Takes rows; they belong to the writer from here on. Shards that become full are committed. Of a row that was forgotten,
   * only the tombstone is written.
   * @param split where they go: letters, digits, `_` and `-`
   * @returns the shards that this call committed
   * @throws UserError ROW_INVALID, SPLIT_INVALID; {@link DiskFullError}, after which what wasn't committed is lost
   */
  async append(rows: readonly Pair[], split = 'all'): Promise<ShardEntry[]> {
    this.#requireOpen();
    if (!SPLIT_NAME.test(split)) {
      throw new UserError('SPLIT_INVALID', `A split can't be named ${JSON.stringify(split)}; use letters, digits, _ and -.`);
    }
    const first = this.rowsCommitted(split) + (this.#pending.get(split)?.rows.length ?? 0);
    for (const [index, row] of rows.entries()) checkRow(row, first + index);
    const committed: ShardEntry[] = [];
    for (const given of rows) {
      const row = this.#isForgotten?.(given) === true ? tombstone(given) : given;
      const pending = this.#pending.get(split) ?? { rows: [], bytes: 0 };
      this.#pending.set(split, pending);
      pending.rows.push(row);
      pending.bytes += payloadBytes(row);
      if (pending.rows.length >= this.#maxShardRows || pending.bytes >= this.#maxShardBytes) {
        committed.push(await this.#commit(split));
      }
    }
    return committed;
  }

  /**
   * Commits what is held, however short. A dataset flushed halfway has other shards than one that wasn't: to stop early and
   * still end with the same bytes, {@link close} instead.
   */
  async flush(): Promise<ShardEntry[]> {
    this.#requireOpen();
    const committed: ShardEntry[] = [];
    for (const split of [...this.#pending.keys()].sort()) {
      if (this.#pending.get(split)!.rows.length > 0) committed.push(await this.#commit(split));
    }
    return committed;
  }

  /**
   * Takes all shards of another dataset as they are, after those that are committed, and commits them together: however large they are,
   * no row is read. Where both lie in folders of one file system they are linked, in S3 its server copies them.
   * @throws Error if only one of the two lies in S3; those of {@link readManifest}; {@link DiskFullError}
   */
  async adopt(location: string): Promise<void> {
    this.#requireOpen();
    if (this.#pending.size > 0) throw new Error(`${this.#folder} has rows to write.`);
    const [own, theirs] = await Promise.all([readForgotten(this.#folder), readForgotten(datasetLocation(location))]);
    if (canonicalJson(joinLists(theirs, own)) !== canonicalJson(theirs))
      throw new Error(`${location} was written without heeding all that ${this.#folder} forgets.`);
    const { shards, totals } = await readManifest(location);
    const taken = this.#manifest.shards;
    const linked = await linkShards(datasetLocation(location), shards, this.#folder, taken);
    await this.#replaceManifest({
      ...this.#manifest,
      shards: [...taken, ...linked].sort(compareShards),
      totals: addTotals(this.#manifest.totals, totals),
    });
  }

  /**
   * Commits what is held, marks the dataset complete and closes the writer.
   * @param state JSON that the stage wants to keep in the manifest; small
   */
  async finish(state?: unknown): Promise<Manifest> {
    await this.flush();
    const manifest: Manifest = { ...this.#manifest, complete: true };
    if (state !== undefined) manifest.state = state;
    await this.#replaceManifest(manifest);
    await this.close();
    return this.#manifest;
  }

  /** Takes back what {@link openDataset} has created, where nothing was committed, so that another recipe may take its place. */
  async discard(): Promise<void> {
    if (this.#manifest.shards.length > 0) throw new Error(`${this.#folder} holds shards and can't be discarded.`);
    await storageOf(this.#folder).remove(manifestPath(this.#folder));
    await this.close();
  }

  /** Gives the lock back and drops the rows that aren't committed; whoever goes on produces them again. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#pending.clear();
    await this.#release();
  }

  async #commit(split: string): Promise<ShardEntry> {
    const { rows } = this.#pending.get(split)!;
    this.#pending.delete(split);
    const number = this.#manifest.shards.filter((shard) => shard.split === split).length;
    const file = `${DATA_FOLDER}/${split}-${String(number).padStart(5, '0')}.arrow`;
    const path = joinLocation(this.#folder, file);
    const { bytes, sha256 } = await writeShard(path, rows);
    const entry: ShardEntry = { file, split, rows: rows.length, bytes, sha256 };
    const totals = structuredClone(this.#manifest.totals);
    addToTotals(totals, split, rows);
    const shards = [...this.#manifest.shards, entry].sort(compareShards);
    await this.#replaceManifest({ ...this.#manifest, shards, totals }).catch(async (error: unknown) => {
      // The shard found room and the manifest didn't: what no manifest names would only fill the disk.
      if (error instanceof DiskFullError) await storageOf(path).remove(path);
      throw error;
    });
    return entry;
  }

  async #replaceManifest(manifest: Manifest): Promise<void> {
    this.#version = await writeManifest(this.#folder, manifest, this.#version);
    this.#manifest = manifest;
  }

  #requireOpen(): void {
    if (!this.#open) throw new Error(`The writer of ${this.#folder} is closed.`);
    if (this.complete) {
      throw new UserError(
        'DATASET_COMPLETE',
        `${this.#folder} is complete and takes no more rows; choose another folder, or delete it to start over.`,
      );
    }
  }
}
