import { UserError } from './user-error.ts';

/** A matrix of embeddings: row `r` is `values[r * dim]` to `values[(r + 1) * dim - 1]`. */
export interface Vectors {
  readonly values: Float32Array; // [rows, dim]
  readonly rows: number;
  readonly dim: number;
}

/**
 * Refuses vectors that no figure should be computed from.
 *
 * @param name how the message calls them, such as `images`
 * @throws UserError `VECTORS_SHAPE` if there are no rows, or the length is not rows × dim; `VECTORS_NOT_FINITE` for NaN or Infinity
 */
export function checkVectors(name: string, vectors: Vectors): void {
  const { values, rows, dim } = vectors;
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw new UserError('VECTORS_SHAPE', `${name} has ${rows} rows; give at least one vector (is the split empty?).`);
  }
  if (!Number.isSafeInteger(dim) || dim < 1) {
    throw new UserError('VECTORS_SHAPE', `${name} has dim ${dim}; a vector needs at least one component.`);
  }
  if (values.length !== rows * dim) {
    throw new UserError(
      'VECTORS_SHAPE',
      `${name} holds ${values.length} numbers, but ${rows} rows × dim ${dim} are ${rows * dim}; give the shape it was written with.`,
    );
  }
  const bad = firstNotFinite(values);
  if (bad >= 0) {
    throw new UserError(
      'VECTORS_NOT_FINITE',
      `${name} row ${Math.floor(bad / dim)}, column ${bad % dim} is ${values[bad]}; encode again with a checkpoint whose loss was finite.`,
    );
  }
}

/** As findIndex, which takes ten times as long over hundreds of millions of numbers. @returns -1 where all are finite */
function firstNotFinite(values: Float32Array): number {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at])) return at;
  return -1;
}

/**
 * Joins the batches of an encoder into one matrix, in the order they come.
 *
 * @throws UserError `VECTORS_SHAPE` if a batch differs in dim or there are no rows at all, `VECTORS_NOT_FINITE` as `checkVectors`
 */
export async function gatherVectors(name: string, batches: AsyncIterable<Vectors> | Iterable<Vectors>): Promise<Vectors> {
  const parts: Vectors[] = [];
  let rows = 0;
  for await (const part of batches) {
    const dim = parts[0]?.dim ?? part.dim;
    if (part.dim !== dim) {
      throw new UserError(
        'VECTORS_SHAPE',
        `${name} batch ${parts.length} has dim ${part.dim}, earlier ones ${dim}; encode all of them with one model.`,
      );
    }
    if (part.rows === 0) continue;
    checkVectors(`${name} batch ${parts.length}`, part);
    parts.push(part);
    rows += part.rows;
  }
  const dim = parts[0]?.dim ?? 1;
  const values = new Float32Array(rows * dim); // [rows, dim]
  let offset = 0;
  for (const part of parts) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  const vectors = { values, rows, dim };
  checkVectors(name, vectors);
  return vectors;
}
