import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { datasetLocation, joinLocation } from './location.ts';
import type { Pair } from './pair.ts';
import { storageOf } from './storage/storage.ts';
import type { Expected } from './storage/storage.ts';
import { UserError } from './user-error.ts';

/** A shard as the manifest lists it. */
export interface ShardEntry {
  /** Relative to the dataset, as `data/train-00000.arrow`. */
  file: string;
  split: string;
  rows: number;
  bytes: number;
  /** Hexadecimal, of the bytes of the file. */
  sha256: string;
}

/** Rows of a dataset, counted. */
export interface Totals {
  rows: number;
  /** Counted by {@link outcomeClass}. */
  byOutcome: Record<string, number>;
  bySource: Record<string, number>;
  bySplit: Record<string, number>;
}

/** A dataset that another was made from. */
export interface Parent {
  /** Relative to the dataset where that is possible. */
  location: string;
  /** Hexadecimal, of the bytes of the parent's manifest. */
  manifestSha256: string;
}

/** What a dataset says of itself. It holds no times, process ids or paths of a machine, so that equal runs give equal bytes. */
export interface Manifest {
  formatVersion: 1;
  stage: string;
  schema: string;
  recipe: unknown;
  recipeHash: string;
  parents: Parent[];
  /** In the order of split, then number. */
  shards: ShardEntry[];
  totals: Totals;
  complete: boolean;
  /** What the stage wants to keep beside its rows; small. */
  state?: unknown;
  /** A call of `rewriteShards` that was stopped, and how many of the shards it has seen to. */
  rewriting?: { key: string; shardsDone: number };
}

const MANIFEST_FILE = 'manifest.json';
export const FORMAT_VERSION = 1;

/** The outcome as it is counted: `duplicate:ID` counts as `duplicate`; all others stand for themselves. */
export function outcomeClass(outcome: string): string {
  return outcome.startsWith('duplicate:') ? 'duplicate' : outcome;
}

export const manifestPath = (folder: string): string => joinLocation(folder, MANIFEST_FILE);

/**
 * Reads what a dataset says of itself.
 * @throws UserError DATASET_MISSING, MANIFEST_DAMAGED, FORMAT_UNSUPPORTED or LOCATION_UNSUPPORTED
 */
export async function readManifest(location: string): Promise<Manifest> {
  return (await readManifestBytes(location)).manifest;
}

export interface ManifestBytes {
  manifest: Manifest;
  /** Hexadecimal, by which a derived dataset knows its parent. */
  sha256: string;
  /** What {@link writeManifest} is to find there. */
  version: string;
}

/** As {@link readManifest}, with what its bytes are known by. */
export async function readManifestBytes(location: string): Promise<ManifestBytes> {
  const path = manifestPath(datasetLocation(location));
  const stored = await storageOf(path).read(path);
  if (stored === null) {
    throw new UserError(
      'DATASET_MISSING',
      `There is no dataset at ${location}: ${path} is missing; check the path, or run the stage that writes it.`,
    );
  }
  const { bytes, version } = stored;
  return { manifest: parseManifest(bytes.toString(), path), sha256: createHash('sha256').update(bytes).digest('hex'), version };
}

function parseManifest(text: string, path: string): Manifest {
  const damaged = (what: string, cause?: unknown): UserError =>
    new UserError(
      'MANIFEST_DAMAGED',
      `The manifest ${path} is damaged: ${what}; restore it, or delete the dataset and run its stage again.`,
      {
        cause,
      },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(`it isn't JSON (${(error as Error).message})`, error);
  }
  if (typeof value !== 'object' || value === null) throw damaged('it holds no object');
  const manifest = value as Partial<Manifest>;
  if (manifest.formatVersion !== FORMAT_VERSION) {
    throw new UserError(
      'FORMAT_UNSUPPORTED',
      `The manifest ${path} is of format version ${String(manifest.formatVersion)}, and this release reads version ${FORMAT_VERSION}; use the release that wrote it.`,
    );
  }
  if (typeof manifest.stage !== 'string' || typeof manifest.complete !== 'boolean') throw damaged('stage or complete is missing');
  if (!Array.isArray(manifest.shards) || !manifest.shards.every(isShardEntry)) throw damaged('its list of shards is malformed');
  if (!Array.isArray(manifest.parents) || typeof manifest.totals?.rows !== 'number')
    throw damaged('parents or totals are missing');
  return manifest as Manifest;
}

function isShardEntry(value: unknown): value is ShardEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { file, split, rows, bytes, sha256 } = value as Partial<ShardEntry>;
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  return (
    typeof file === 'string' &&
    typeof split === 'string' &&
    isCount(rows) &&
    isCount(bytes) &&
    /^[0-9a-f]{64}$/.test(sha256 ?? '')
  );
}

/**
 * Replaces the manifest atomically.
 * @param expected the version that it replaces, null if there is none yet; what is in a folder is guarded by the writer's lock
 * @returns its version from now on
 * @throws UserError DATASET_CHANGED if S3 has another version, which another writer put there
 */
export function writeManifest(folder: string, manifest: Manifest, expected: Expected): Promise<string> {
  const path = manifestPath(folder);
  return storageOf(path).put(path, Buffer.from(`${canonicalJson(manifest)}\n`), expected);
}

export const emptyTotals = (): Totals => ({ rows: 0, byOutcome: {}, bySource: {}, bySplit: {} });

/** Counts rows into the totals. */
export function addToTotals(totals: Totals, split: string, rows: readonly Pick<Pair, 'outcome' | 'source'>[]): void {
  const count = (counts: Record<string, number>, key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  totals.rows += rows.length;
  for (const { outcome, source } of rows) {
    count(totals.byOutcome, outcomeClass(outcome));
    count(totals.bySource, source);
    count(totals.bySplit, split);
  }
}

/** The totals of two datasets together. */
export function addTotals(left: Totals, right: Totals): Totals {
  const sum = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> => {
    const counts = { ...one };
    for (const [key, count] of Object.entries(other)) counts[key] = (counts[key] ?? 0) + count;
    return counts;
  };
  return {
    rows: left.rows + right.rows,
    byOutcome: sum(left.byOutcome, right.byOutcome),
    bySource: sum(left.bySource, right.bySource),
    bySplit: sum(left.bySplit, right.bySplit),
  };
}

/** Order of shards in a manifest: by split, then by number, so that it doesn't depend on which was committed first. */
export function compareShards(left: ShardEntry, right: ShardEntry): number {
  if (left.split !== right.split) return left.split < right.split ? -1 : 1;
  return numberOf(left) - numberOf(right);
}

/** A shard that was written anew, `train-00003.1.arrow`, keeps its number. */
const numberOf = ({ file }: ShardEntry): number => Number(/-(\d+)(?:\.\d+)?\.arrow$/.exec(file)?.[1]);
