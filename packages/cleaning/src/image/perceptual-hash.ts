import { MEASURED_SIDE } from './picture.ts';

const SIDE = 32;
const REDUCTION = MEASURED_SIDE / SIDE;
const FREQUENCIES = 8;
/**
 * A coefficient is 1 only if it is above the median by this much (of 255 grey levels, orthonormal DCT). In symmetric drawings
 * half of the coefficients are nearly zero, as is their median: without the margin their bits would be noise.
 */
const DEAD_ZONE = 20;

/** cosines[frequency - 1][x], the rows 1..8 of an orthonormal DCT-II. */
const COSINES = Array.from({ length: FREQUENCIES }, (_row, index) =>
  Float64Array.from(
    { length: SIDE },
    (_, x) => Math.sqrt(2 / SIDE) * Math.cos(((2 * x + 1) * (index + 1) * Math.PI) / (2 * SIDE)),
  ),
);

/**
 * 64-bit perceptual hash: DCT of the 32×32 grey picture, frequencies 1..8 in both directions, compared with their median
 * (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2).
 * @param pixels RGB, [64, 64, 3]
 */
export function perceptualHash(pixels: Uint8Array): bigint {
  const coefficients = lowFrequencies(reduceToGrey(pixels));
  const sorted = Float64Array.from(coefficients).sort();
  const median = (sorted[31]! + sorted[32]!) / 2;
  let hash = 0n;
  for (const [bit, coefficient] of coefficients.entries()) {
    if (coefficient > median + DEAD_ZONE) hash |= 1n << BigInt(bit);
  }
  return hash;
}

/** @returns [32, 32] */
function reduceToGrey(pixels: Uint8Array): Float64Array {
  const grey = new Float64Array(SIDE * SIDE);
  for (let y = 0; y < MEASURED_SIDE; y += 1) {
    for (let x = 0; x < MEASURED_SIDE; x += 1) {
      const source = (y * MEASURED_SIDE + x) * 3;
      const target = Math.floor(y / REDUCTION) * SIDE + Math.floor(x / REDUCTION);
      grey[target]! += luma(pixels, source) / (REDUCTION * REDUCTION);
    }
  }
  return grey;
}

/** @returns [8, 8] */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * FREQUENCIES); // [y, horizontal frequency]
  for (let y = 0; y < SIDE; y += 1) {
    for (const [u, cosine] of COSINES.entries()) {
      let sum = 0;
      for (let x = 0; x < SIDE; x += 1) sum += grey[y * SIDE + x]! * cosine[x]!;
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  const coefficients = new Float64Array(FREQUENCIES * FREQUENCIES); // [vertical frequency, horizontal frequency]
  for (const [v, cosine] of COSINES.entries()) {
    for (let u = 0; u < FREQUENCIES; u += 1) {
      let sum = 0;
      for (let y = 0; y < SIDE; y += 1) sum += rows[y * FREQUENCIES + u]! * cosine[y]!;
      coefficients[v * FREQUENCIES + u] = sum;
    }
  }
  return coefficients;
}

/** Weights of ITU-R BT.601. */
export function luma(pixels: Uint8Array, offset: number): number {
  return 0.299 * pixels[offset]! + 0.587 * pixels[offset + 1]! + 0.114 * pixels[offset + 2]!;
}
