/** Unit vectors around 1,000 centres, as pictures of like things have; the same for one seed. @returns [rows, dim] */
export function unitVectors(rows: number, dim: number, seed: number): Float32Array {
  let state = seed >>> 0;
  // Numerical Recipes' generator: the quality of its low bits doesn't matter to a benchmark, its speed does.
  const noise = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const centres = Float32Array.from({ length: 1000 * dim }, noise);
  const values = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row += 1) {
    const centre = (row % 1000) * dim;
    let square = 0;
    for (let d = 0; d < dim; d += 1) {
      const value = centres[centre + d]! + noise();
      values[row * dim + d] = value;
      square += value * value;
    }
    const norm = Math.sqrt(square);
    for (let d = 0; d < dim; d += 1) values[row * dim + d]! /= norm;
  }
  return values;
}
