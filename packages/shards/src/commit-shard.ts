import { canonicalJson } from './canonical-json.ts';
import { checkRow } from './check-row.ts';
import { openDataset } from './dataset-writer.ts';
import type { OpenOptions } from './dataset-writer.ts';
import { forgottenMatcher, readForgotten, tombstone } from './forget/forgotten-list.ts';
import { DATA_FOLDER } from './leftovers.ts';
import { datasetLocation, isRemote, joinLocation } from './location.ts';
import { addToTotals, compareShards, readManifestBytes, writeManifest } from './manifest.ts';
import type { Manifest, ShardEntry } from './manifest.ts';
import type { Pair } from './pair.ts';
import { encodeShard, writeShard } from './shard-writer.ts';
import type { ShardBytes } from './shard-writer.ts';
import { storageOf } from './storage/storage.ts';
import { UserError } from './user-error.ts';

/** A shard whose place in the dataset is known before, as that of one task among many. */
export interface NumberedShard {
  split: string;
  /** From 0; numbers may come in any order, and leave none out in the end. */
  number: number;
  rows: readonly Pair[];
}

/** More than any number of workers that could meet at one manifest. */
const MAX_MEETINGS = 100;

/**
 * Commits one shard to a dataset that many workers write at once, on any number of machines. In S3 nothing is locked: the
 * shard is put where there is none, and the manifest where it is still the one that was read, else the next one is read; in a
 * folder each commit waits for the writer's lock. A task that is done twice gives the same bytes once. The dataset is created by
 * {@link openDataset} and `close`, before the workers start, and completed by {@link completeDataset}; while a
 * `DatasetWriter` holds it, commits are refused.
 * @throws UserError DATASET_LOCKED, ROW_INVALID, DATASET_COMPLETE; SHARD_DIFFERS if the number is taken by other rows; those of
 * {@link readManifest}; DiskFullError
 */
export async function commitShard(location: string, { split, number, rows }: NumberedShard): Promise<ShardEntry> {
  const folder = datasetLocation(location);
  const file = `${DATA_FOLDER}/${split}-${String(number).padStart(5, '0')}.arrow`;
  const isForgotten = forgottenMatcher(await readForgotten(folder));
  const kept = rows.map((row) => (isForgotten?.(row) === true ? tombstone(row) : row));
  for (const [index, row] of kept.entries()) checkRow(row, index);
  return changeManifest(folder, async (manifest) => {
    if (manifest.complete) {
      throw new UserError('DATASET_COMPLETE', `${folder} is complete and takes no more rows; choose another folder.`);
    }
    const known = manifest.shards.find((shard) => shard.file === file);
    const written = known === undefined ? await putShard(folder, file, kept) : await encodeShard(kept, async () => {});
    const entry: ShardEntry = { file, split, rows: rows.length, ...written };
    if (known !== undefined) {
      if (canonicalJson(known) !== canonicalJson(entry)) throw differs(folder, file);
      return { result: entry, manifest: null };
    }
    const totals = structuredClone(manifest.totals);
    addToTotals(totals, split, kept);
    return { result: entry, manifest: { ...manifest, totals, shards: [...manifest.shards, entry].sort(compareShards) } };
  });
}

/**
 * Marks a dataset complete that was written by {@link commitShard}.
 * @param state JSON that the stage wants to keep in the manifest; small
 * @throws UserError SHARD_MISSING if a number is left out; DATASET_LOCKED; those of {@link readManifest}
 */
export async function completeDataset(location: string, state?: unknown): Promise<Manifest> {
  const folder = datasetLocation(location);
  return changeManifest(folder, (manifest) => {
    const counts = new Map<string, number>();
    for (const { file, split } of manifest.shards) {
      const number = counts.get(split) ?? 0;
      counts.set(split, number + 1);
      const expected = `${DATA_FOLDER}/${split}-${String(number).padStart(5, '0')}.arrow`;
      if (file !== expected && number !== Number(/-(\d+)\./.exec(file)?.[1])) {
        throw new UserError('SHARD_MISSING', `${folder} lacks ${expected}; do its task again, then complete the dataset.`);
      }
    }
    const changed: Manifest = { ...manifest, complete: true, ...(state !== undefined && { state }) };
    return { result: changed, manifest: changed };
  });
}

/** Creates the dataset that workers then write by {@link commitShard}; what is there already is kept, if it was begun alike. */
export async function createDataset(location: string, options: OpenOptions): Promise<void> {
  await (await openDataset(location, options)).close();
}

async function putShard(folder: string, file: string, rows: readonly Pair[]): Promise<ShardBytes> {
  try {
    return await writeShard(joinLocation(folder, file), rows);
  } catch (error) {
    throw (error as UserError).code === 'DATASET_CHANGED' ? differs(folder, file, error) : error;
  }
}

const differs = (folder: string, file: string, cause?: unknown): UserError =>
  new UserError(
    'SHARD_DIFFERS',
    `${joinLocation(folder, file)} was committed with other rows; give every task a number of its own, and the same rows whenever it is done again.`,
    { cause },
  );

type Change<Result> = (manifest: Manifest) => Promise<Changed<Result>> | Changed<Result>;
interface Changed<Result> {
  result: Result;
  /** Null if it stays as it is. */
  manifest: Manifest | null;
}

async function changeManifest<Result>(folder: string, change: Change<Result>): Promise<Result> {
  for (let meeting = 1; ; meeting += 1) {
    try {
      const release = isRemote(folder) ? await refuseLocked(folder) : await storageOf(folder).lock(folder);
      try {
        const { manifest, version } = await readManifestBytes(folder);
        const changed = await change(manifest);
        if (changed.manifest !== null) await writeManifest(folder, changed.manifest, version);
        return changed.result;
      } finally {
        await release();
      }
    } catch (error) {
      const { code } = error as UserError;
      const hasMet = isRemote(folder) ? code === 'DATASET_CHANGED' : code === 'DATASET_LOCKED';
      if (!hasMet || meeting === MAX_MEETINGS) throw error;
    }
    // Those that met once shall not meet again; when each comes back decides nothing but the order of the attempts.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(1000, 10 * 2 ** meeting)));
  }
}

/** A writer that holds the dataset removes shards that its manifest doesn't name, so nobody else may put one. */
async function refuseLocked(folder: string): Promise<() => Promise<void>> {
  const lock = joinLocation(folder, 'writer.lock');
  if ((await storageOf(lock).stat(lock)) === null) return async () => {};
  throw new UserError('DATASET_LOCKED', `A writer holds ${folder}; wait until it ends, or, if it is gone, delete ${lock}.`);
}
