import { topMatches } from '@wenlan/evaluation';
import { openVectorIndex, readVectorFile, type VectorIndex, type VectorMatch } from '@wenlan/model';
import { readManifest } from '@wenlan/shards';
import type { CommandContext } from './command-context.ts';
import { distinctTexts, storedVectorFile, type StoredVectorsOptions } from './stored-vectors.ts';
import { UsageError } from './usage-error.ts';

/** Beyond so many pairs, reading every vector takes longer than a person likes to wait. */
export const APPROXIMATE_FROM_ROWS = 500_000;

export interface VectorSearch extends StoredVectorsOptions {
  /** Pictures, or captions each of which is found once. */
  what: 'pictures' | 'captions';
  query: Float32Array; // [dim], L2-normed
  top: number;
  /** From how many pairs on an approximate index is searched instead of every vector. */
  approximateFromRows?: number;
}

/**
 * What lies nearest to a vector, best first: exact, or by an approximate index where there are very many.
 * @throws UsageError GALLERY_EMPTY; those of `storedVectorFile`
 */
export async function searchVectors(search: VectorSearch, context: CommandContext): Promise<VectorMatch[]> {
  const { what, data, approximateFromRows = APPROXIMATE_FROM_ROWS } = search;
  const file = await storedVectorFile(what, search, context);
  const { totals } = await readManifest(data);
  const isLarge = (totals.byOutcome['ok'] ?? 0) >= approximateFromRows;
  const found = (isLarge && (await searchIndex(file, search, context))) || (await searchAll(file, search));
  if (found.length === 0) {
    throw new UsageError('GALLERY_EMPTY', `${data} has no pair with a picture and a text; choose another dataset.`);
  }
  return found;
}

async function searchAll(file: string, { what, query, top }: VectorSearch): Promise<VectorMatch[]> {
  const all = await readVectorFile(file);
  const gallery = what === 'captions' ? distinctTexts(all) : { ...all, rows: all.ids.length, row: (index: number) => index };
  if (gallery.rows === 0) return [];
  return topMatches({ values: query, rows: 1, dim: all.dim }, gallery, top)[0]!.map((match) => {
    const row = gallery.row(match.row);
    return { score: match.score, id: all.ids[row]!, text: all.texts[row]!, imageUrl: all.imageUrls[row]! };
  });
}

/** @returns undefined on a machine for which the library of the index has no build */
async function searchIndex(
  file: string,
  { what, query, top }: VectorSearch,
  { reporter, signal }: CommandContext,
): Promise<VectorMatch[] | undefined> {
  const onProgress = ({ rowsDone }: { rowsDone: number }): void =>
    reporter.progress({ stage: 'index', done: rowsDone, unit: what });
  const index = await openVectorIndex(file, { signal, onProgress }).catch((error: Error & { code?: string }) => {
    if (error.code !== 'INDEX_UNAVAILABLE') throw error;
    reporter.note(`${error.message} Every vector is looked at instead.`);
    return undefined;
  });
  if (index === undefined) return undefined;
  try {
    return what === 'pictures' ? await index.search(query, top) : await distinctMatches(index, query, top);
  } finally {
    await index.close();
  }
}

/** A caption that many pairs have hides others: more are asked for until there are enough. */
export async function distinctMatches(index: VectorIndex, query: Float32Array, top: number): Promise<VectorMatch[]> {
  for (let asked = 4 * top; ; asked *= 4) {
    const found = await index.search(query, asked);
    const seen = new Set<string>();
    const distinct = found.filter(({ text }) => !seen.has(text) && seen.add(text));
    if (distinct.length >= top || asked >= index.rows) return distinct.slice(0, top);
  }
}
