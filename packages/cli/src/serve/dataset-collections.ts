import { openVectorIndex } from '@wenlan/model';
import { readManifest } from '@wenlan/shards';
import type { Collection, DatasetOption } from '@wenlan/studio';
import type { CommandContext } from '../command-context.ts';
import { APPROXIMATE_FROM_ROWS, distinctMatches } from '../search-vectors.ts';
import { distinctTexts, storedVectorFile, storedVectors, type StoredVectorsOptions } from '../stored-vectors.ts';
import { exactCollection } from './exact-collection.ts';

/** Collections with what they hold open. */
export interface OpenCollections {
  collections: Collection[];
  close(): Promise<void>;
}

/**
 * A dataset's pictures and its captions, each caption once: searched exactly, and where there are very many by an approximate index,
 * which holds no vector in memory.
 * @param approximateFromRows pairs from which on the index is approximate
 * @throws UserError GALLERY_EMPTY; those of `storedVectorFile`
 */
export async function datasetCollections(
  { name, location }: DatasetOption,
  options: Omit<StoredVectorsOptions, 'data'>,
  context: CommandContext,
  approximateFromRows: number = APPROXIMATE_FROM_ROWS,
): Promise<OpenCollections> {
  const stored = { ...options, data: location };
  const { totals } = await readManifest(location);
  if ((totals.byOutcome['ok'] ?? 0) >= approximateFromRows) return approximateCollections(name, stored, context);
  const { ids, texts, values, dim } = await storedVectors('pictures', stored, context);
  const captions = distinctTexts(await storedVectors('captions', stored, context));
  const pictures = { values, rows: ids.length, dim };
  return {
    collections: [
      exactCollection({ name: `${name}: pictures`, kind: 'pictures' }, pictures, (row) => ({
        text: texts[row]!,
        dataset: name,
        id: ids[row]!,
      })),
      exactCollection({ name: `${name}: captions`, kind: 'sentences' }, captions, (row) => ({ text: captions.texts[row]! })),
    ],
    close: async () => {},
  };
}

async function approximateCollections(
  name: string,
  stored: StoredVectorsOptions,
  context: CommandContext,
): Promise<OpenCollections> {
  const { reporter, signal } = context;
  const open = async (what: 'pictures' | 'captions'): ReturnType<typeof openVectorIndex> =>
    openVectorIndex(await storedVectorFile(what, stored, context), {
      signal,
      onProgress: ({ rowsDone }) => reporter.progress({ stage: 'index', done: rowsDone, unit: what }),
    });
  const pictures = await open('pictures');
  const captions = await open('captions');
  return {
    collections: [
      {
        name: `${name}: pictures`,
        kind: 'pictures',
        size: pictures.rows,
        search: async (vector, top) =>
          (await pictures.search(vector, top)).map(({ score, text, id }) => ({ score, text, dataset: name, id })),
      },
      {
        name: `${name}: captions`,
        kind: 'sentences',
        size: captions.rows,
        search: async (vector, top) => (await distinctMatches(captions, vector, top)).map(({ score, text }) => ({ score, text })),
      },
    ],
    close: async () => {
      await Promise.all([pictures.close(), captions.close()]);
    },
  };
}
