import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TEMPORARY_SUFFIX } from './atomic-write.ts';
import type { Manifest } from './manifest.ts';

export const DATA_FOLDER = 'data';
const SHARD_FILE = /^.+-\d{5,}(?:\.\d+)?\.arrow$/;

/** Names of the files of a dataset that are called as shards are. */
export const shardFiles = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, DATA_FOLDER))).filter((file) => SHARD_FILE.test(file));

/**
 * Removes unfinished files, and shards that the manifest doesn't name: those that a writer finished but was killed before
 * committing, and those that were replaced. Only for whoever holds the writer's lock.
 */
export async function removeLeftovers(folder: string, manifest: Manifest): Promise<void> {
  const committed = new Set(manifest.shards.map(({ file }) => basename(file)));
  const shards = (await shardFiles(folder)).filter((file) => !committed.has(file));
  const temporary = (await readdir(join(folder, DATA_FOLDER))).filter((file) => file.endsWith(TEMPORARY_SUFFIX));
  for (const file of [...shards, ...temporary]) await rm(join(folder, DATA_FOLDER, file));
  for (const file of ['manifest.json', 'forgotten.json']) await rm(join(folder, file + TEMPORARY_SUFFIX), { force: true });
}
