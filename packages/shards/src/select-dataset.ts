import { createHash } from 'node:crypto';
import { openDataset } from './dataset-writer.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { Pair } from './pair.ts';
import { parseWhere } from './formats/where.ts';
import { readPairs } from './read-pairs.ts';
import { UserError } from './user-error.ts';

/** Which rows of a dataset become one of their own, and in shards of which size. */
export interface SelectOptions {
  /** Where the new dataset goes. */
  out: string;
  /** A condition on columns, see {@link parseWhere}. */
  where?: string;
  /** Only rows with these ids, in whichever order. */
  ids?: readonly string[];
  /** All by default. */
  splits?: readonly string[];
  /** A shard ends at this many rows … */
  maxShardRows?: number;
  /** … or once its pictures and texts have this many bytes. */
  maxShardBytes?: number;
  /** An abort leaves the finished shards; the same call then goes on from there. */
  signal?: AbortSignal;
  /** Told after each record batch that was read. */
  onProgress?: (progress: { rowsRead: number; rowsTotal: number }) => void;
}

/**
 * Writes rows of a dataset into another one, which names the first as its parent: a subset, the same rows in other shards, or both.
 * Rows keep their splits and their order. Equal datasets and options give equal bytes; a call that was killed goes on when it is
 * repeated. What the dataset forgot stays forgotten, and what it forgets later is taken out of both.
 * @throws UserError WHERE_INVALID, IDS_MISSING where the dataset has not all of the ids, SELECTED_NOTHING, those of
 * {@link openDataset} and {@link readPairs}; the signal's reason
 */
export async function selectDataset(dataset: string, options: SelectOptions): Promise<Manifest> {
  const { where = null, splits = null, maxShardRows, maxShardBytes, signal, onProgress } = options;
  const ids = options.ids === undefined ? null : new Set(options.ids);
  const holds = where === null ? (): boolean => true : parseWhere(where);
  const { shards, totals } = await readManifest(dataset);
  const recipe = {
    where,
    splits: splits === null ? null : [...splits].sort(),
    ids:
      ids === null
        ? null
        : createHash('sha256')
            .update([...ids].sort().join('\n'))
            .digest('hex'),
    maxShardRows: maxShardRows ?? null,
    maxShardBytes: maxShardBytes ?? null,
  };
  if (ids !== null) await refuseMissing(dataset, ids);
  const writer = await openDataset(options.out, {
    stage: 'select',
    recipe,
    parents: [dataset],
    ...(maxShardRows !== undefined && { maxShardRows }),
    ...(maxShardBytes !== undefined && { maxShardBytes }),
  });
  try {
    if (writer.complete) return writer.manifest;
    let rowsRead = 0;
    let taken = 0;
    for (const split of new Set(shards.map((shard) => shard.split))) {
      if (splits?.includes(split) === false) continue;
      let skip = writer.rowsCommitted(split);
      for await (const rows of readPairs(dataset, { splits: [split] })) {
        signal?.throwIfAborted();
        const wanted: Pair[] = rows.filter((row) => (ids === null || ids.has(row.id)) && holds(row));
        taken += wanted.length;
        const known = Math.min(skip, wanted.length);
        skip -= known;
        await writer.append(wanted.slice(known), split);
        rowsRead += rows.length;
        onProgress?.({ rowsRead, rowsTotal: totals.rows });
      }
    }
    if (taken === 0) {
      await writer.discard();
      throw new UserError('SELECTED_NOTHING', `No row of ${dataset} is selected; change the condition, the ids or the splits.`);
    }
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** Before anything is written, since a dataset that was begun takes no other ids. */
async function refuseMissing(dataset: string, ids: ReadonlySet<string>): Promise<void> {
  const missing = new Set(ids);
  for await (const rows of readPairs(dataset, { columns: [] })) for (const { id } of rows) missing.delete(id);
  const [first] = missing;
  if (first === undefined) return;
  const others = missing.size === 1 ? '' : `, nor with ${missing.size - 1} others of those given`;
  throw new UserError('IDS_MISSING', `${dataset} has no row with the id ${first}${others}; correct the ids.`);
}
