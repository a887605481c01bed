import { UserError } from '@wenlan/shards';
import { cosine } from '../dedup/cosine.ts';
import type { PairScorer } from './pair-scorer.ts';

/** Vectors of pictures and texts that any model wrote, by id. */
export interface StoredVectors {
  /** Of the pairs, in the order of the vectors. */
  ids: readonly string[];
  /** [pairs, dimension] */
  images: Float32Array;
  texts: Float32Array;
}

/**
 * A scorer from vectors that any two-tower model has written: the cosine of the picture's and the text's, the same for all texts
 * of a pair. A pair without vectors has no correlation.
 * @throws UserError VECTORS_DIFFER
 */
export function vectorScorer(name: string, { ids, images, texts }: StoredVectors): PairScorer {
  const dimension = images.length / ids.length;
  if (ids.length === 0 || !Number.isInteger(dimension) || texts.length !== images.length) {
    throw new UserError(
      'VECTORS_DIFFER',
      `The vectors ${name} have ${images.length} numbers for pictures and ${texts.length} for texts of ${ids.length} pairs; write as many of each for every pair.`,
    );
  }
  const places = new Map(ids.map((id, place) => [id, place]));
  const at = (vectors: Float32Array, place: number): Float32Array => vectors.subarray(place * dimension, (place + 1) * dimension);
  return {
    name,
    score: (pairs) =>
      Promise.resolve(
        pairs.map((pair) => {
          const place = places.get(pair.id);
          if (place === undefined) return { correlations: pair.texts.map(() => Number.NaN) };
          const correlation = cosine(at(images, place), at(texts, place));
          return { correlations: pair.texts.map(() => correlation), vector: at(images, place) };
        }),
      ),
  };
}
