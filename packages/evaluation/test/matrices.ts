import type { Truth, Vectors } from '../src/index.ts';

export function vectors(rows: readonly (readonly number[])[]): Vectors {
  return { values: Float32Array.from(rows.flat()), rows: rows.length, dim: rows[0]?.length ?? 1 };
}

/**
 * Images and texts whose inner products are exactly the given matrix of scores [images][texts]: images are its rows, texts the unit vectors.
 */
export function withScores(scores: readonly (readonly number[])[]): { images: Vectors; texts: Vectors } {
  const texts = scores[0]!.map((_, i) => scores[0]!.map((__, j) => (i === j ? 1 : 0)));
  return { images: vectors(scores), texts: vectors(texts) };
}

export function oneToOne(rows: number): Truth {
  return Array.from({ length: rows }, (_, i) => [i]);
}
