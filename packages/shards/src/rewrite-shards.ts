import { checkRow } from './check-row.ts';
import { forgottenMatcher, readForgotten, tombstone } from './forget/forgotten-list.ts';
import { removeLeftovers } from './leftovers.ts';
import { datasetLocation, joinLocation } from './location.ts';
import { outcomeClass, readManifest, readManifestBytes, writeManifest } from './manifest.ts';
import type { Manifest, ShardEntry, Totals } from './manifest.ts';
import type { Pair } from './pair.ts';
import { readShard } from './read-pairs.ts';
import { soundShard } from './shard-checksum.ts';
import { writeShard } from './shard-writer.ts';
import { storageOf } from './storage/storage.ts';

/** What becomes of rows. */
export interface RewriteChange {
  /** Names what is done. A call with the key of one that was stopped goes on after the shards that are done. */
  key: string;
  /** All by default. */
  splits?: readonly string[];
  /** What `select` looks at beside id, source and outcome; nothing else by default. */
  columns?: readonly (keyof Pair)[];
  /** Which rows are replaced; a shard without one stays as it is. */
  select: (row: Pair) => boolean;
  /**
   * The new rows for those selected in a shard (1,000 by default), whole; as many, with the ids that they had, in their order.
   * What was forgotten stays so, whatever comes back.
   */
  replace: (rows: readonly Pair[]) => readonly Pair[] | Promise<readonly Pair[]>;
  /** An abort takes effect between two shards. */
  signal?: AbortSignal;
  /** Told after each shard. */
  onProgress?: (progress: RewriteProgress) => void;
}

/** Told after each shard that was looked at. */
export interface RewriteProgress {
  shardsDone: number;
  shardsTotal: number;
  /** Rows replaced by this call. */
  rows: number;
}

/** What was rewritten. */
export interface RewriteSummary {
  /** Rows replaced, and shards written anew, by this call. */
  rows: number;
  shardsRewritten: number;
  manifest: Manifest;
}

/**
 * Replaces rows where they lie; every row keeps its place, its split and its id. Only shards in which rows change are written
 * anew. Each is committed by itself, first the new file, then the manifest, so that a kill loses the shard in flight at most;
 * the manifest's `rewriting` says meanwhile how far a call of which key has come. Holds the writer's lock.
 * @throws UserError DATASET_LOCKED, ROW_INVALID, SHARD_DAMAGED and those of {@link readManifest}; DiskFullError; the
 * signal's reason; what `select` and `replace` throw
 */
export async function rewriteShards(location: string, change: RewriteChange): Promise<RewriteSummary> {
  const { key, splits, columns = [], select, replace, signal, onProgress } = change;
  const folder = datasetLocation(location);
  await readManifest(location);
  const release = await storageOf(folder).lock(folder);
  try {
    let { manifest, version } = await readManifestBytes(location);
    await removeLeftovers(folder, manifest);
    const isForgotten = forgottenMatcher(await readForgotten(folder)) ?? ((): boolean => false);
    const summary = { rows: 0, shardsRewritten: 0 };
    const shardsTotal = manifest.shards.length;
    const start = manifest.rewriting?.key === key ? manifest.rewriting.shardsDone : 0;
    for (let index = start; index < shardsTotal; index += 1) {
      signal?.throwIfAborted();
      const entry = manifest.shards[index]!;
      const ids = splits?.includes(entry.split) === false ? new Set<string>() : await idsOf(folder, entry, columns, select);
      if (ids.size > 0) {
        const totals = structuredClone(manifest.totals);
        const written = await rewriteShard(folder, entry, totals, ids, async (rows) =>
          (await replace(rows)).map((row) => (isForgotten(row) ? tombstone(row) : row)),
        );
        const shards = manifest.shards.with(index, written);
        manifest = { ...manifest, shards, totals, rewriting: { key, shardsDone: index + 1 } };
        version = await writeManifest(folder, manifest, version);
        summary.rows += ids.size;
        summary.shardsRewritten += 1;
      }
      onProgress?.({ shardsDone: index + 1, shardsTotal, rows: summary.rows });
    }
    if (manifest.rewriting !== undefined) {
      const { rewriting: _, ...rest } = manifest;
      manifest = rest;
      version = await writeManifest(folder, manifest, version);
    }
    await removeLeftovers(folder, manifest);
    return { ...summary, manifest };
  } finally {
    await release();
  }
}

async function idsOf(
  folder: string,
  entry: ShardEntry,
  columns: readonly (keyof Pair)[],
  select: (row: Pair) => boolean,
): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const rows of readShard(await soundShard(folder, entry), { columns })) {
    for (const row of rows) if (select(row)) ids.add(row.id);
  }
  return ids;
}

/**
 * Writes a shard anew under a name of its own, so that the old one stays good until the manifest is replaced.
 * @param totals counts the rows as they are afterwards
 * @param ids of the rows that change
 */
export async function rewriteShard(
  folder: string,
  entry: ShardEntry,
  totals: Totals,
  ids: ReadonlySet<string>,
  replace: (rows: readonly Pair[]) => readonly Pair[] | Promise<readonly Pair[]>,
): Promise<ShardEntry> {
  const rows: Pair[] = [];
  for await (const batch of readShard(await soundShard(folder, entry))) rows.push(...batch);
  const places = [...rows.keys()].filter((place) => ids.has(rows[place]!.id));
  const replaced = await replace(places.map((place) => rows[place]!));
  if (replaced.length !== places.length)
    throw new Error(`${replaced.length} rows were given for the ${places.length} to be replaced in ${entry.file}.`);
  for (const [index, place] of places.entries()) {
    const before = rows[place]!;
    const after = replaced[index]!;
    if (after.id !== before.id)
      throw new Error(`Row ${place} of ${entry.file} is ${before.id}, and was to be replaced by ${after.id}.`);
    checkRow(after, place);
    count(totals.byOutcome, outcomeClass(before.outcome), -1);
    count(totals.byOutcome, outcomeClass(after.outcome), 1);
    count(totals.bySource, before.source, -1);
    count(totals.bySource, after.source, 1);
    rows[place] = after;
  }
  const [, stem, revision = '0'] = /^(.+?)(?:\.(\d+))?\.arrow$/.exec(entry.file)!;
  const file = `${stem}.${Number(revision) + 1}.arrow`;
  return { ...entry, file, ...(await writeShard(joinLocation(folder, file), rows)) };
}

function count(counts: Record<string, number>, key: string, change: 1 | -1): void {
  counts[key] = (counts[key] ?? 0) + change;
  if (counts[key] === 0) delete counts[key];
}
