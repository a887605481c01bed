/**
 * A faster product of matrices than this package's own, such as TensorFlow's or that of a graphics card.
 *
 * It may round as it likes within float32: ranks are decided by `roundingSlack` and, in doubt, by the exact inner product.
 */
export interface MatMul {
  /** For the conditions of a result: `TensorFlow 2.21.0`. */
  readonly name: string;
  /**
   * Inner products of all rows of `a` with all of `b`.
   *
   * @param a of shape [aRows, dim]
   * @param b of shape [bRows, dim]
   * @returns of shape [aRows, bRows]
   */
  multiply(a: Float32Array, aRows: number, b: Float32Array, bRows: number, dim: number): Float32Array | Promise<Float32Array>;
}

/** Half the distance from 1 to the next float32. */
const UNIT_ROUNDOFF = 2 ** -24;
const CONFIDENCE = 8;

/**
 * How far a float32 inner product of two vectors of norm 1 can lie from the exact one, in whatever order it is summed: λ √n u with λ = 8,
 * which a sum of n roundings exceeds with a probability below 2 n exp(-λ² / 2), one in 10¹⁰ for n = 2,048 (Higham and Mary, "A New
 * Approach to Probabilistic Rounding Error Analysis", SIAM J. Sci. Comput. 41, 2019, theorem 3.1).
 */
export function roundingSlack(dim: number): number {
  return CONFIDENCE * Math.sqrt(dim) * UNIT_ROUNDOFF;
}
