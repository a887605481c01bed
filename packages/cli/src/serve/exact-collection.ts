import { ExactIndex, type Vectors } from '@wenlan/evaluation';
import type { Collection, SearchMatch } from '@wenlan/studio';

/** Searches every vector: with 100,000 of them a sentence is answered in a twentieth of a second. */
export function exactCollection(
  { name, kind }: Pick<Collection, 'name' | 'kind'>,
  gallery: Vectors,
  describe: (row: number) => Omit<SearchMatch, 'score'>,
): Collection {
  const index = new ExactIndex(gallery);
  return {
    name,
    kind,
    size: gallery.rows,
    search: (vector, top) => Promise.resolve(index.search(vector, top).map(({ row, score }) => ({ score, ...describe(row) }))),
  };
}
