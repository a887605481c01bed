import { constants, copyFile, link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './atomic-write.ts';
import { rethrowWriteError } from './disk-full-error.ts';
import { DATA_FOLDER } from './leftovers.ts';
import type { ShardEntry } from './manifest.ts';

/** What says that a file system has no links, or none to there. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Puts the shards of a dataset into another one under the next numbers of their splits: as links, or as copies where there are none.
 * @param from folder of the dataset that has them
 * @param shards as its manifest names them
 * @param into folder of the other
 * @param taken shards that the other has
 * @returns the entries for the manifest of the other
 * @throws DiskFullError
 */
export async function linkShards(
  from: string,
  shards: readonly ShardEntry[],
  into: string,
  taken: readonly ShardEntry[],
): Promise<ShardEntry[]> {
  const counts = new Map<string, number>();
  for (const { split } of taken) counts.set(split, (counts.get(split) ?? 0) + 1);
  const linked: ShardEntry[] = [];
  for (const shard of shards) {
    const number = counts.get(shard.split) ?? 0;
    counts.set(shard.split, number + 1);
    const file = `${DATA_FOLDER}/${shard.split}-${String(number).padStart(5, '0')}.arrow`;
    await linkOrCopy(join(from, shard.file), join(into, file));
    linked.push({ ...shard, file });
  }
  await syncFolder(join(into, DATA_FOLDER));
  return linked;
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) rethrowWriteError(error, target);
    await copyDurably(source, target);
  }
}

async function copyDurably(source: string, target: string): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
    const handle = await open(target, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(target, { force: true }).catch(() => {});
    rethrowWriteError(error, target);
  }
}
