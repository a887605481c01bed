import { UserError } from './user-error.ts';
import { checkVectors } from './vectors.ts';
import type { Vectors } from './vectors.ts';

/**
 * Rows of L2 norm 1, so that inner products are cosines: a copy, unless told where to.
 *
 * @param name how the message calls them, such as `images`
 * @param target where the normed rows are written, [rows, dim]; those of `vectors` themselves where there is no room for both
 * @throws UserError `VECTORS_ZERO` for a row of zeros, which has no direction; `VECTORS_SHAPE`, `VECTORS_NOT_FINITE`
 */
export function normalizeRows(name: string, vectors: Vectors, target?: Float32Array): Vectors {
  checkVectors(name, vectors);
  const { rows, dim } = vectors;
  const values = target ?? new Float32Array(rows * dim); // [rows, dim]
  for (let row = 0; row < rows; row++) {
    const source = vectors.values.subarray(row * dim, (row + 1) * dim);
    const norm = Math.sqrt(source.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) {
      throw new UserError(
        'VECTORS_ZERO',
        `${name} row ${row} is all zeros and has no direction; encode it again, or leave it out.`,
      );
    }
    for (const [d, value] of source.entries()) values[row * dim + d] = value / norm;
  }
  return { values, rows, dim };
}
