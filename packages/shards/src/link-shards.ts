import { syncFolder } from './atomic-write.ts';
import { DATA_FOLDER } from './leftovers.ts';
import { isRemote, joinLocation } from './location.ts';
import type { ShardEntry } from './manifest.ts';
import { storageOf } from './storage/storage.ts';

/** Copies that S3 makes take a while each, and none of our time. */
const COPIES_AT_ONCE = 16;

/**
 * Puts the shards of a dataset into another one under the next numbers of their splits: as links, or as copies where there are none;
 * in S3 as copies that the server makes.
 * @param from folder of the dataset that has them, as `datasetLocation` gives it
 * @param shards as its manifest names them
 * @param into folder of the other
 * @param taken shards that the other has
 * @returns the entries for the manifest of the other
 * @throws Error if only one of the two lies in S3; DiskFullError
 */
export async function linkShards(
  from: string,
  shards: readonly ShardEntry[],
  into: string,
  taken: readonly ShardEntry[],
): Promise<ShardEntry[]> {
  if (isRemote(from) !== isRemote(into)) throw new Error(`Only one of ${from} and ${into} lies in S3.`);
  const counts = new Map<string, number>();
  for (const { split } of taken) counts.set(split, (counts.get(split) ?? 0) + 1);
  const linked = shards.map((shard) => {
    const number = counts.get(shard.split) ?? 0;
    counts.set(shard.split, number + 1);
    return { ...shard, file: `${DATA_FOLDER}/${shard.split}-${String(number).padStart(5, '0')}.arrow` };
  });
  const storage = storageOf(into);
  const copy = (index: number): Promise<void> =>
    storage.copy(joinLocation(from, shards[index]!.file), joinLocation(into, linked[index]!.file));
  const atOnce = isRemote(into) ? COPIES_AT_ONCE : 1;
  for (let first = 0; first < shards.length; first += atOnce) {
    const count = Math.min(atOnce, shards.length - first);
    await Promise.all(Array.from({ length: count }, (_, index) => copy(first + index)));
  }
  if (!isRemote(into)) await syncFolder(joinLocation(into, DATA_FOLDER));
  return linked;
}
