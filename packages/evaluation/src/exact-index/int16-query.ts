/** A query as whole numbers of sixteen bits: v = scale · p + f. */
export interface Int16Query {
  readonly values: Int16Array; // [dim]
  readonly scale: number;
  /** Of v. */
  readonly norm: number;
  /** Norm of f. */
  readonly error: number;
}

const MAX_INT16 = 32_767;
const MAX_INT32 = 2 ** 31 - 1;

/**
 * @param maxNorm the largest norm of a row that it is multiplied with: sums of products stay below |q| |p|, whichever components
 *   they are of, and p is scaled so that this fits into 32 bits
 */
export function int16Query(vector: Float32Array, maxNorm: number): Int16Query {
  let largest = 0;
  let square = 0;
  for (const value of vector) {
    largest = Math.max(largest, Math.abs(value));
    square += value * value;
  }
  const norm = Math.sqrt(square);
  // Rounding adds at most half a unit to each component.
  const room = MAX_INT32 / Math.max(1, maxNorm) - Math.sqrt(vector.length) / 2;
  const scale = Math.max(largest / MAX_INT16, norm / room) || 1;
  const values = new Int16Array(vector.length);
  let error = 0;
  for (const [d, value] of vector.entries()) {
    const rounded = Math.round(value / scale);
    const missing = value - scale * rounded;
    values[d] = rounded;
    error += missing * missing;
  }
  return { values, scale, norm, error: Math.sqrt(error) };
}
