import { allocatePacked, multiply, pack } from './inner-products.ts';
import { insertMatch } from './insert-match.ts';
import { UserError } from './user-error.ts';
import { checkVectors } from './vectors.ts';
import type { Vectors } from './vectors.ts';

/** A row of a gallery that a query found. */
export interface Match {
  /** Row in the gallery. */
  readonly row: number;
  /** Inner product with the query: the cosine, where both are L2-normed. */
  readonly score: number;
}

const QUERY_TILE = 64;
const GALLERY_TILE = 192;

/**
 * The `k` gallery rows of highest inner product for each query, best first; of equal scores the lower row first.
 *
 * @returns one list for each query; shorter than `k` only if the gallery is
 * @throws UserError `TOP_K` if k is not a whole number above 0, `VECTORS_SHAPE` or `VECTORS_NOT_FINITE` naming the rows
 */
export function topMatches(queries: Vectors, gallery: Vectors, k: number): Match[][] {
  checkVectors('queries', queries);
  checkVectors('gallery', gallery);
  if (queries.dim !== gallery.dim) {
    throw new UserError(
      'VECTORS_SHAPE',
      `queries have dim ${queries.dim}, the gallery ${gallery.dim}; encode both with one model.`,
    );
  }
  if (!Number.isSafeInteger(k) || k < 1)
    throw new UserError('TOP_K', `k is ${k}; ask for a whole number of matches, at least 1.`);
  const { dim } = queries;
  const found: Match[][] = Array.from({ length: queries.rows }, () => []);
  const queryTile = allocatePacked(Math.min(QUERY_TILE, queries.rows), dim);
  const galleryTile = allocatePacked(Math.min(GALLERY_TILE, gallery.rows), dim);
  const scores = new Float64Array(queryTile.capacity * galleryTile.capacity); // [query tile, gallery tile]
  for (let query = 0; query < queries.rows; query += QUERY_TILE) {
    pack(queries, query, Math.min(QUERY_TILE, queries.rows - query), queryTile);
    for (let row = 0; row < gallery.rows; row += GALLERY_TILE) {
      pack(gallery, row, Math.min(GALLERY_TILE, gallery.rows - row), galleryTile);
      multiply(queryTile, galleryTile, dim, scores);
      for (let i = 0; i < queryTile.rows; i++) {
        const best = found[query + i]!;
        for (let j = 0; j < galleryTile.rows; j++) insertMatch(best, k, row + j, scores[i * galleryTile.capacity + j]!);
      }
    }
  }
  return found;
}
