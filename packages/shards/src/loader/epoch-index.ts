import { decodeRows } from '../decode-rows.ts';
import { datasetLocation } from '../location.ts';
import { readManifest } from '../manifest.ts';
import type { ShardEntry } from '../manifest.ts';
import type { Pair } from '../pair.ts';
import { soundShard } from '../shard-checksum.ts';
import type { SoundShard } from '../shard-checksum.ts';
import { ShardDamagedError } from '../shard-damaged-error.ts';
import { ShardReader } from '../shard-reader.ts';
import { UserError } from '../user-error.ts';
import { BlockList } from './block-list.ts';

/** Rows of a block stand in for those of a shard whose real blocks can't be read. */
export const LOST_BLOCK_ROWS = 64;

/** Sorts a row into a bucket, 0 … 255. */
export type BucketOf = (row: Pick<Pair, 'id' | 'texts'>) => number;

/**
 * Lists the rows of a split whose outcome is `ok`. Shards that are damaged are quarantined: their rows keep their
 * place in the epoch and are stood in for.
 * @throws UserError SPLIT_MISSING, SPLIT_EMPTY, those of {@link readManifest}; ShardDamagedError if no shard is sound
 */
export async function indexSplit(
  location: string,
  split: string,
  bucketOf: BucketOf | null,
  onQuarantine: (error: ShardDamagedError) => void,
): Promise<BlockList> {
  const folder = datasetLocation(location);
  const { shards, totals } = await readManifest(location);
  const entries = shards.filter((shard) => shard.split === split);
  if (entries.length === 0) {
    const names = Object.keys(totals.bySplit).sort();
    const known = names.length === 0 ? 'it has no rows at all' : `it has ${names.join(', ')}`;
    throw new UserError(
      'SPLIT_MISSING',
      `The dataset at ${location} has no rows in the split "${split}" (${known}); choose another split or dataset.`,
    );
  }
  const index = new BlockList();
  const damages: ShardDamagedError[] = [];
  let rows = 0;
  for (const entry of entries) {
    try {
      const sound = await soundShard(folder, entry);
      for (const block of await blocksOf(sound, bucketOf)) {
        index.push(block.batch, block.rows, block.buckets);
        rows += block.rows;
      }
      index.shards.push({ file: entry.file, sound });
    } catch (error) {
      if (!(error instanceof ShardDamagedError)) throw error;
      damages.push(error);
      pushLost(index, entry, bucketOf !== null);
      index.shards.push({ file: entry.file, sound: null });
    }
  }
  if (damages.length === entries.length) throw damages[0]!;
  for (const damage of damages) onQuarantine(damage);
  if (rows === 0) {
    throw new UserError(
      'SPLIT_EMPTY',
      `The split "${split}" of ${location} holds no row whose outcome is ok; check what cleaning dropped.`,
    );
  }
  return index;
}

async function blocksOf(
  sound: SoundShard,
  bucketOf: BucketOf | null,
): Promise<{ batch: number; rows: number; buckets?: Uint8Array }[]> {
  const columns = bucketOf === null ? (['outcome'] as const) : (['outcome', 'id', 'texts'] as const);
  const reader = await ShardReader.open(sound);
  try {
    const blocks: Awaited<ReturnType<typeof blocksOf>> = [];
    for (let batch = 0; batch < reader.batchCount; batch += 1) {
      const rows = decodeRows(await reader.readBatch(batch, columns)).filter(({ outcome }) => outcome === 'ok');
      blocks.push({ batch, rows: rows.length, ...(bucketOf !== null && { buckets: Uint8Array.from(rows, bucketOf) }) });
    }
    return blocks;
  } finally {
    await reader.close();
  }
}

function pushLost(index: BlockList, { rows }: ShardEntry, hasBuckets: boolean): void {
  for (let batch = 0, left = rows; left > 0; batch += 1, left -= LOST_BLOCK_ROWS) {
    const count = Math.min(LOST_BLOCK_ROWS, left);
    index.push(batch, count, hasBuckets ? new Uint8Array(count) : undefined);
  }
}
