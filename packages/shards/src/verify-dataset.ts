import { createHash } from 'node:crypto';
import { canonicalHash, firstDifference } from './canonical-json.ts';
import { DATA_FOLDER } from './leftovers.ts';
import { datasetLocation, joinLocation } from './location.ts';
import { addToTotals, emptyTotals, readManifest } from './manifest.ts';
import type { Manifest, ShardEntry, Totals } from './manifest.ts';
import type { Pair } from './pair.ts';
import { readShard } from './read-pairs.ts';
import { soundShard } from './shard-checksum.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';
import { storageOf } from './storage/storage.ts';

/** Something wrong with a dataset, and where. */
export interface VerifyProblem {
  /** Relative to the dataset. */
  file: string;
  /** Byte offset in the file, where one is known. */
  offset?: number;
  /** Number of the row in its shard. */
  row?: number;
  problem: string;
}

/** What was checked, and what is wrong. */
export interface VerifyReport {
  location: string;
  /** True if there are no problems. */
  sound: boolean;
  /** Whether the stage that writes the dataset has finished; one that hasn't may be sound all the same. */
  complete: boolean;
  shards: number;
  /** Rows that could be read. */
  rows: number;
  bytes: number;
  problems: VerifyProblem[];
}

interface Check {
  folder: string;
  problems: VerifyProblem[];
  /** Where each id was first seen; what makes the memory of a verification grow with the dataset. */
  seen: Map<string, string>;
  totals: Totals;
}

/**
 * Looks for all that can be wrong with a dataset: the checksum of every shard, its rows, the sha256 of every picture, ids
 * that come twice, the manifest's own counts, files that belong to no one. Goes on after a problem; of a shard whose checksum
 * is wrong nothing is read.
 * @throws UserError those of {@link readManifest}
 */
export async function verifyDataset(location: string): Promise<VerifyReport> {
  const folder = datasetLocation(location);
  const manifest = await readManifest(location);
  const check: Check = { folder, problems: [], seen: new Map(), totals: emptyTotals() };
  for (const entry of manifest.shards) await checkShard(entry, check);
  checkManifest(manifest, check);
  await checkFolder(manifest, check);
  return {
    location,
    sound: check.problems.length === 0,
    complete: manifest.complete,
    shards: manifest.shards.length,
    rows: check.totals.rows,
    bytes: manifest.shards.reduce((sum, { bytes }) => sum + bytes, 0),
    problems: check.problems,
  };
}

async function checkShard(entry: ShardEntry, check: Check): Promise<void> {
  const { file, split } = entry;
  let rows = 0;
  try {
    for await (const batch of readShard(await soundShard(check.folder, entry))) {
      for (const [index, row] of batch.entries()) checkRow(row, file, rows + index, check);
      addToTotals(check.totals, split, batch);
      rows += batch.length;
    }
  } catch (error) {
    if (!(error instanceof ShardDamagedError)) throw error;
    check.problems.push({ file, offset: error.offset, problem: error.what });
    return;
  }
  if (rows !== entry.rows)
    check.problems.push({ file, problem: `it holds ${rows} rows where the manifest counts ${entry.rows}` });
}

function checkRow({ id, image, sha256 }: Pair, file: string, row: number, { seen, problems }: Check): void {
  const first = seen.get(id);
  if (first === undefined) seen.set(id, `${file} row ${row}`);
  else problems.push({ file, row, problem: `the id ${id} was seen before, at ${first}` });
  if (image === null || sha256 === null) return;
  const digest = createHash('sha256').update(image).digest();
  if (!digest.equals(sha256)) problems.push({ file, row, problem: `the picture of ${id} isn't the one that its sha256 is of` });
}

function checkManifest(manifest: Manifest, { totals, problems }: Check): void {
  const file = 'manifest.json';
  if (canonicalHash(manifest.recipe) !== manifest.recipeHash)
    problems.push({ file, problem: 'recipeHash is not the hash of the recipe' });
  // Counts can't be compared with rows that couldn't be read.
  if (problems.some((problem) => problem.file !== file && problem.row === undefined)) return;
  const difference = firstDifference(manifest.totals, totals);
  if (difference !== null) {
    const { key, before, after } = difference;
    problems.push({ file, problem: `totals.${key} is ${String(before)} where the shards hold ${String(after)}` });
  }
}

async function checkFolder({ shards }: Manifest, { folder, problems }: Check): Promise<void> {
  const known = new Set(shards.map(({ file }) => file));
  for (const { name } of await storageOf(folder).list(joinLocation(folder, DATA_FOLDER))) {
    const file = `${DATA_FOLDER}/${name}`;
    if (!known.has(file)) problems.push({ file, problem: `it isn't in the manifest; a writer that was killed may have left it` });
  }
}
