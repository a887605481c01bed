import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { canonicalUrl } from '../canonical-url.ts';
import { emptyPair } from '../empty-pair.ts';
import { joinLocation } from '../location.ts';
import type { Pair } from '../pair.ts';
import { storageOf } from '../storage/storage.ts';
import { UserError } from '../user-error.ts';

const LIST_FILE = 'forgotten.json';
const FORMAT_VERSION = 1;

/** What was asked to be forgotten, kept beside the manifest. URLs are kept as hashes, so that the list tells nothing. */
export interface ForgottenList {
  formatVersion: 1;
  ids: string[];
  /** Hexadecimal SHA-256 of canonical URLs. */
  imageUrlHashes: string[];
  pageUrlHashes: string[];
  /** Of the beginnings of page URLs, up to a `/`. */
  pageFolderHashes: string[];
  /** Of the profiles of authors. */
  userHashes: string[];
  /** Of pictures, hexadecimal. */
  sha256s: string[];
  /** Pictures whose hash differs in at most `maxDistance` of 64 bits. */
  phashes: { phash: string; maxDistance: number }[];
  /** SHA-256 of manifests that the present one differs from by nothing but what was forgotten. */
  supersedes: string[];
}

export const emptyList = (): ForgottenList => ({
  formatVersion: FORMAT_VERSION,
  ids: [],
  imageUrlHashes: [],
  pageUrlHashes: [],
  pageFolderHashes: [],
  userHashes: [],
  sha256s: [],
  phashes: [],
  supersedes: [],
});

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
export const urlHash = (url: string): string => hashOf(canonicalUrl(url));

/** By which every page at or below a URL is known. */
export const folderHash = (url: string): string => hashOf(foldersOf(url).at(-1)!);

/** A URL without its query, and all that it lies below, the site first. */
function foldersOf(url: string): string[] {
  const canonical = canonicalUrl(url).replace(/[?#].*$/s, '');
  const [site = canonical] = /^[^/]+:\/\/[^/]*/.exec(canonical) ?? [];
  const steps = canonical
    .slice(site.length)
    .split('/')
    .filter((step) => step !== '');
  return [site, ...steps.map((_, index) => [site, ...steps.slice(0, index + 1)].join('/'))];
}

/**
 * The list of a dataset; an empty one if nothing was ever forgotten.
 * @throws UserError FORGOTTEN_DAMAGED
 */
export async function readForgotten(folder: string): Promise<ForgottenList> {
  const path = joinLocation(folder, LIST_FILE);
  const text = (await storageOf(path).read(path))?.bytes.toString();
  if (text === undefined) return emptyList();
  try {
    const list = { ...emptyList(), ...(JSON.parse(text) as Partial<ForgottenList>) };
    const { formatVersion, phashes, ...texts } = list;
    const areTexts = Object.values(texts).every(
      (items) => Array.isArray(items) && items.every((item) => typeof item === 'string'),
    );
    if (formatVersion !== FORMAT_VERSION || !areTexts || !Array.isArray(phashes)) throw new TypeError('it is no such list');
    for (const { phash } of phashes) BigInt(`0x${phash}`);
    return list;
  } catch (error) {
    throw new UserError(
      'FORGOTTEN_DAMAGED',
      `The list ${path} is damaged (${(error as Error).message}); restore it, since without it what was forgotten would come back.`,
      { cause: error },
    );
  }
}

/** Only for whoever holds the writer's lock. */
export async function writeForgotten(folder: string, list: ForgottenList): Promise<void> {
  const path = joinLocation(folder, LIST_FILE);
  await storageOf(path).put(path, Buffer.from(`${canonicalJson(list)}\n`), undefined);
}

/** All that any of the lists forgets, sorted. `supersedes`, which is about one dataset, stays the first list's. */
export function joinLists(first: ForgottenList, ...others: readonly ForgottenList[]): ForgottenList {
  const lists = [first, ...others];
  const joined = (key: 'ids' | 'imageUrlHashes' | 'pageUrlHashes' | 'pageFolderHashes' | 'userHashes' | 'sha256s'): string[] =>
    [...new Set(lists.flatMap((list) => list[key]))].sort();
  const phashes = new Map(lists.flatMap((list) => list.phashes).map((near) => [`${near.phash} ${near.maxDistance}`, near]));
  return {
    formatVersion: FORMAT_VERSION,
    ids: joined('ids'),
    imageUrlHashes: joined('imageUrlHashes'),
    pageUrlHashes: joined('pageUrlHashes'),
    pageFolderHashes: joined('pageFolderHashes'),
    userHashes: joined('userHashes'),
    sha256s: joined('sha256s'),
    phashes: [...phashes].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, near]) => near),
    supersedes: first.supersedes,
  };
}

export type ForgettablePair = Pick<Pair, 'id' | 'imageUrl' | 'pageUrl' | 'author' | 'sha256' | 'phash'>;

/** Whether a row is to be forgotten; null if a list holds nothing. */
export function forgottenMatcher(list: ForgottenList): ((row: ForgettablePair) => boolean) | null {
  const { supersedes: _, formatVersion: __, ...criteria } = list;
  if (Object.values(criteria).every((items) => items.length === 0)) return null;
  const ids = new Set(list.ids);
  const imageUrls = new Set(list.imageUrlHashes);
  const pageUrls = new Set(list.pageUrlHashes);
  const pageFolders = new Set(list.pageFolderHashes);
  const users = new Set(list.userHashes);
  const sha256s = new Set(list.sha256s);
  const phashes = list.phashes.map(({ phash, maxDistance }) => ({ phash: BigInt(`0x${phash}`), maxDistance }));
  return ({ id, imageUrl, pageUrl, author, sha256, phash }) =>
    ids.has(id) ||
    (imageUrls.size > 0 && imageUrl !== null && imageUrls.has(urlHash(imageUrl))) ||
    (pageUrls.size > 0 && pageUrl !== null && pageUrls.has(urlHash(pageUrl))) ||
    (pageFolders.size > 0 && pageUrl !== null && foldersOf(pageUrl).some((folder) => pageFolders.has(hashOf(folder)))) ||
    (users.size > 0 && author !== null && users.has(urlHash(author))) ||
    (sha256s.size > 0 && sha256 !== null && sha256s.has(Buffer.from(sha256).toString('hex'))) ||
    (phash !== null && phashes.some((near) => bitsOf(near.phash ^ phash) <= near.maxDistance));
}

function bitsOf(value: bigint): number {
  let count = 0;
  for (let rest = value; rest > 0n; rest &= rest - 1n) count += 1;
  return count;
}

/** What stays of a forgotten row: that there was one. */
export const tombstone = ({ id, source }: Pair): Pair => emptyPair({ id, source, outcome: 'forgotten' });
