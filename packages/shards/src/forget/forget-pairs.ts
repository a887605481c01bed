import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { removeLeftovers } from '../leftovers.ts';
import { datasetLocation, resolveLocation, workFolder } from '../location.ts';
import { readManifestBytes, writeManifest } from '../manifest.ts';
import type { Manifest, ShardEntry } from '../manifest.ts';
import { readShard } from '../read-pairs.ts';
import { rewriteShard } from '../rewrite-shards.ts';
import { soundShard } from '../shard-checksum.ts';
import { storageOf } from '../storage/storage.ts';
import { UserError } from '../user-error.ts';
import {
  emptyList,
  folderHash,
  forgottenMatcher,
  joinLists,
  readForgotten,
  tombstone,
  urlHash,
  writeForgotten,
} from './forgotten-list.ts';
import type { ForgottenList } from './forgotten-list.ts';

/** What to forget; a row that any of these is true of. */
export interface ForgetRequest {
  ids?: readonly string[];
  /** Of pictures. */
  urls?: readonly string[];
  /** Of pages that pictures were found on, as a post that was deleted. */
  pages?: readonly string[];
  /** Every page at or below these, as a site or all that a user of one has posted; queries don't count. */
  pagesUnder?: readonly string[];
  /** Profiles of people: whatever they have posted, where the source says who posts (`author`). */
  users?: readonly string[];
  /** Of pictures, hexadecimal. */
  sha256s?: readonly string[];
  /** Pictures that look alike: whose 64-bit hash differs from this one in at most `maxDistance` bits. */
  phashNear?: readonly { phash: bigint; maxDistance: number }[];
}

/** Which pairs are forgotten, and in which datasets. */
export interface ForgetOptions {
  /** Datasets made from this one, or from one another, in which the same pairs are to be forgotten. */
  derived?: readonly string[];
  /** An abort takes effect between two shards; the same call then goes on. */
  signal?: AbortSignal;
  /** Told after each shard. */
  onProgress?: (progress: ForgetProgress) => void;
}

/** Told after each shard. */
export interface ForgetProgress {
  location: string;
  phase: 'search' | 'rewrite';
  shardsDone: number;
  shardsTotal: number;
  rowsFound: number;
}

/** What was forgotten in one dataset. */
export interface ForgottenIn {
  location: string;
  /** Rows that became tombstones. */
  rows: number;
  shardsRewritten: number;
  bytesBefore: number;
  bytesAfter: number;
}

/** What was forgotten. */
export interface ForgetSummary {
  datasets: ForgottenIn[];
  /** Of the rows that became tombstones, sorted. */
  ids: string[];
}

/**
 * Forgets pairs: each row becomes a tombstone that keeps its id, its source and its place; picture, texts, URLs and hashes
 * go. Only shards that hold such rows are written anew, and a dataset changes as a whole: before its manifest is replaced it
 * is as it was, afterwards the pairs are gone. What was asked is kept in `forgotten.json` beside the manifest, URLs as
 * hashes, and nothing that it is true of comes in again through {@link openDataset}. The same call may be repeated after a
 * kill. The measures of a cleaning go with its rows; files that were exported, and what else a stage wrote beside its dataset, aren't
 * touched.
 * @throws UserError REQUEST_INVALID, NOT_DERIVED, DATASET_INCOMPLETE, DATASET_LOCKED, SHARD_DAMAGED and those of
 * {@link readManifest}; DiskFullError; the signal's reason
 */
export async function forgetPairs(dataset: string, request: ForgetRequest, options: ForgetOptions = {}): Promise<ForgetSummary> {
  const asked = listOf(request);
  const root = datasetLocation(dataset);
  const folders = await inOrder(root, (options.derived ?? []).map(datasetLocation));
  const summary: ForgetSummary = { datasets: [], ids: [] };
  // A row that was found in a dataset goes from those made of it too, whatever became of its URL and its bytes there.
  let list = asked;
  for (const folder of folders) {
    const release = await storageOf(folder).lock(folder);
    try {
      const { forgotten, found, list: known } = await forgetIn(folder, list, folders, options);
      summary.datasets.push(forgotten);
      summary.ids.push(...found);
      list = joinLists(asked, { ...emptyList(), ids: [...list.ids, ...found, ...(folder === root ? known.ids : [])] });
    } finally {
      await release();
    }
  }
  summary.ids = [...new Set(summary.ids)].sort();
  return summary;
}

function listOf({
  ids = [],
  urls = [],
  pages = [],
  pagesUnder = [],
  users = [],
  sha256s = [],
  phashNear = [],
}: ForgetRequest): ForgottenList {
  const refuse = (what: string): never => {
    throw new UserError('REQUEST_INVALID', `The request to forget can't be met: ${what}.`);
  };
  if ([ids, urls, pages, pagesUnder, users, sha256s, phashNear].every((items) => items.length === 0)) {
    refuse('it names nothing; give an id, a URL of a picture, a page or a person, or a hash');
  }
  for (const url of pagesUnder) {
    if (!/^https?:\/\/[^/]/.test(url)) refuse(`${JSON.stringify(url)} is no URL of a site or of a part of one`);
  }
  for (const url of users) {
    if (!URL.canParse(url)) refuse(`${JSON.stringify(url)} is no URL of a person's profile`);
  }
  for (const sha256 of sha256s) {
    if (!/^[0-9a-f]{64}$/i.test(sha256)) refuse(`${JSON.stringify(sha256)} is no SHA-256; give 64 hexadecimal digits`);
  }
  for (const { phash, maxDistance } of phashNear) {
    if (phash < 0n || phash >= 2n ** 64n) refuse(`${phash} is no hash of 64 bits`);
    if (!Number.isInteger(maxDistance) || maxDistance < 0 || maxDistance > 32) {
      refuse(`the distance ${maxDistance} is no whole number from 0 to 32`);
    }
  }
  return joinLists(emptyList(), {
    ...emptyList(),
    ids: [...ids],
    imageUrlHashes: urls.map(urlHash),
    pageUrlHashes: pages.map(urlHash),
    pageFolderHashes: pagesUnder.map(folderHash),
    userHashes: users.map(urlHash),
    sha256s: sha256s.map((sha256) => sha256.toLowerCase()),
    phashes: phashNear.map(({ phash, maxDistance }) => ({ phash: phash.toString(16).padStart(16, '0'), maxDistance })),
  });
}

/** The dataset, then those made from it, each after those that it is made from. */
async function inOrder(root: string, derived: readonly string[]): Promise<string[]> {
  await readManifestBytes(root);
  const ordered = [root];
  let rest = [...new Set(derived)].filter((folder) => folder !== root);
  const parents = new Map<string, string[]>();
  for (const folder of rest) {
    const { manifest } = await readManifestBytes(folder);
    if (!manifest.complete) {
      throw new UserError(
        'DATASET_INCOMPLETE',
        `${folder} is unfinished, and what is still to come in it can't be forgotten; run the stage ${manifest.stage} to its end first, or delete ${folder}.`,
      );
    }
    parents.set(
      folder,
      manifest.parents.map(({ location }) => resolveLocation(folder, location)),
    );
  }
  while (rest.length > 0) {
    const ready = rest.filter((folder) => parents.get(folder)!.some((parent) => ordered.includes(parent)));
    if (ready.length === 0) {
      throw new UserError(
        'NOT_DERIVED',
        `${rest[0]} was not made from ${root}; name only datasets that were, or forget in it by itself.`,
      );
    }
    ordered.push(ready[0]!);
    rest = rest.filter((folder) => folder !== ready[0]);
  }
  return ordered;
}

async function forgetIn(
  folder: string,
  asked: ForgottenList,
  folders: readonly string[],
  { signal, onProgress }: ForgetOptions,
): Promise<{ forgotten: ForgottenIn; found: string[]; list: ForgottenList }> {
  const { manifest, sha256: before, version } = await readManifestBytes(folder);
  await removeLeftovers(folder, manifest);
  const known = await readForgotten(folder);
  const matches = forgottenMatcher(joinLists(known, asked))!;
  const shardsTotal = manifest.shards.length;
  const found = new Map<ShardEntry, Set<string>>();
  let rowsFound = 0;
  for (const [index, entry] of manifest.shards.entries()) {
    signal?.throwIfAborted();
    const ids = new Set<string>();
    for await (const rows of readShard(await soundShard(folder, entry), {
      columns: ['imageUrl', 'pageUrl', 'author', 'sha256', 'phash'],
    })) {
      for (const row of rows) if (row.outcome !== 'forgotten' && matches(row)) ids.add(row.id);
    }
    if (ids.size > 0) found.set(entry, ids);
    rowsFound += ids.size;
    onProgress?.({ location: folder, phase: 'search', shardsDone: index + 1, shardsTotal, rowsFound });
  }
  const ids = [...found.values()].flatMap((set) => [...set]);
  const list = joinLists(known, asked, { ...emptyList(), ids });
  // The list is there before any row is gone: what is found again after a kill is found by it.
  if (found.size > 0) list.supersedes = [...new Set([...known.supersedes, before])].sort();
  await writeForgotten(folder, list);
  // Texts of these rows lie there too; without them, a cleaning can't be retuned and says so.
  if (found.size > 0 && manifest.stage === 'clean')
    await rm(join(workFolder(folder), 'measures'), { recursive: true, force: true });
  const changed = await parentsAfterForgetting(folder, manifest, folders);
  const written = new Map<string, ShardEntry>();
  for (const [entry, gone] of found) {
    signal?.throwIfAborted();
    written.set(entry.file, await rewriteShard(folder, entry, changed.totals, gone, (rows) => rows.map(tombstone)));
    onProgress?.({ location: folder, phase: 'rewrite', shardsDone: written.size, shardsTotal: found.size, rowsFound });
  }
  changed.shards = manifest.shards.map((entry) => written.get(entry.file) ?? entry);
  if (changed.state !== undefined) changed.state = withoutRows(changed.state, new Set(list.ids));
  if (hashOf(changed) !== before) await writeManifest(folder, changed, version);
  await removeLeftovers(folder, changed);
  const sizeOf = ({ shards }: Manifest): number => shards.reduce((sum, { bytes }) => sum + bytes, 0);
  const forgotten = {
    location: folder,
    rows: rowsFound,
    shardsRewritten: found.size,
    bytesBefore: sizeOf(manifest),
    bytesAfter: sizeOf(changed),
  };
  return { forgotten, found: ids, list };
}

const hashOf = (manifest: Manifest): string =>
  createHash('sha256')
    .update(`${canonicalJson(manifest)}\n`)
    .digest('hex');

/** A copy of the manifest that knows its parents by their manifests as they are now, if they changed by forgetting only. */
async function parentsAfterForgetting(folder: string, manifest: Manifest, folders: readonly string[]): Promise<Manifest> {
  const copy = structuredClone(manifest);
  for (const parent of copy.parents) {
    const path = resolveLocation(folder, parent.location);
    if (!folders.includes(path)) continue;
    const { supersedes } = await readForgotten(path);
    if (supersedes.includes(parent.manifestSha256)) parent.manifestSha256 = (await readManifestBytes(path)).sha256;
  }
  return copy;
}

/** What a stage kept of its rows, as samples for a report, without those of the ids: items of lists that have such an id. */
function withoutRows(value: unknown, ids: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isRowOf(item, ids)).map((item) => withoutRows(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutRows(item, ids)]));
}

function isRowOf(item: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof item !== 'object' || item === null || !('id' in item)) return false;
  return typeof item.id === 'string' && ids.has(item.id);
}
