import { basename } from 'node:path';
import { isRemote, joinLocation } from './location.ts';
import type { Manifest } from './manifest.ts';
import { dropCopies } from './storage/shard-cache.ts';
import { storageOf } from './storage/storage.ts';
import type { StoredFile } from './storage/storage.ts';

export const DATA_FOLDER = 'data';
const SHARD_FILE = /^.+-\d{5,}(?:\.\d+)?\.arrow$/;

/** The files of a dataset that are called as shards are. */
export const shardFiles = async (folder: string): Promise<StoredFile[]> =>
  (await storageOf(folder).list(joinLocation(folder, DATA_FOLDER))).filter(({ name }) => SHARD_FILE.test(name));

/**
 * Removes unfinished files, and shards that the manifest doesn't name: those that a writer finished but was killed before
 * committing, and those that were replaced. Only for whoever holds the writer's lock.
 */
export async function removeLeftovers(folder: string, manifest: Manifest): Promise<void> {
  const committed = new Set(manifest.shards.map(({ file }) => basename(file)));
  const storage = storageOf(folder);
  for (const { name } of await shardFiles(folder)) {
    if (committed.has(name)) continue;
    const path = joinLocation(folder, DATA_FOLDER, name);
    await storage.remove(path);
    if (isRemote(path)) await dropCopies(path);
  }
  await storage.removeUnfinished(joinLocation(folder, DATA_FOLDER));
  await storage.removeUnfinished(folder);
}
