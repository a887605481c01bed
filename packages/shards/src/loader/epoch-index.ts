import { decodeRows } from '../decode-rows.ts';
import { datasetLocation } from '../location.ts';
import { readManifest } from '../manifest.ts';
import type { ShardEntry } from '../manifest.ts';
import { soundShard } from '../shard-checksum.ts';
import type { SoundShard } from '../shard-checksum.ts';
import { ShardDamagedError } from '../shard-damaged-error.ts';
import { ShardReader } from '../shard-reader.ts';
import { UserError } from '../user-error.ts';

/** Rows of a block stand in for those of a shard whose real blocks can't be read. */
const LOST_BLOCK_ROWS = 64;

/** A record batch, and which of its rows take part in training. */
export interface Block {
  shard: number;
  /** Of the record batch in the shard; null if the shard is quarantined. */
  batch: number | null;
  rows: readonly number[];
}

/** What the loader knows of a split before it reads any picture. */
export interface EpochIndex {
  /** By the number that blocks know them by; `sound` is null if the shard is quarantined. */
  shards: { file: string; sound: SoundShard | null }[];
  blocks: Block[];
}

/**
 * Lists the rows of a split whose outcome is `ok`. Shards that are damaged are quarantined: their rows keep their
 * place in the epoch and are stood in for.
 * @throws UserError SPLIT_MISSING, SPLIT_EMPTY, those of {@link readManifest}; ShardDamagedError if no shard is sound
 */
export async function indexSplit(
  location: string,
  split: string,
  onQuarantine: (error: ShardDamagedError) => void,
): Promise<EpochIndex> {
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
  const index: EpochIndex = { shards: [], blocks: [] };
  const damages: ShardDamagedError[] = [];
  for (const [shard, entry] of entries.entries()) {
    try {
      const sound = await soundShard(folder, entry);
      index.blocks.push(...(await blocksOf(sound, shard)));
      index.shards.push({ file: entry.file, sound });
    } catch (error) {
      if (!(error instanceof ShardDamagedError)) throw error;
      damages.push(error);
      index.blocks.push(...lostBlocks(entry, shard));
      index.shards.push({ file: entry.file, sound: null });
    }
  }
  if (damages.length === entries.length) throw damages[0]!;
  for (const damage of damages) onQuarantine(damage);
  if (!index.blocks.some(({ batch, rows }) => batch !== null && rows.length > 0)) {
    throw new UserError(
      'SPLIT_EMPTY',
      `The split "${split}" of ${location} holds no row whose outcome is ok; check what cleaning dropped.`,
    );
  }
  return index;
}

async function blocksOf(sound: SoundShard, shard: number): Promise<Block[]> {
  const reader = await ShardReader.open(sound);
  try {
    const blocks: Block[] = [];
    for (let batch = 0; batch < reader.batchCount; batch += 1) {
      const outcomes = decodeRows(await reader.readBatch(batch, ['outcome']));
      blocks.push({ shard, batch, rows: outcomes.flatMap(({ outcome }, row) => (outcome === 'ok' ? [row] : [])) });
    }
    return blocks;
  } finally {
    await reader.close();
  }
}

function lostBlocks({ rows }: ShardEntry, shard: number): Block[] {
  return Array.from({ length: Math.ceil(rows / LOST_BLOCK_ROWS) }, (_, block) => {
    const count = Math.min(LOST_BLOCK_ROWS, rows - block * LOST_BLOCK_ROWS);
    return { shard, batch: null, rows: Array.from({ length: count }, (_unused, row) => block * LOST_BLOCK_ROWS + row) };
  });
}
