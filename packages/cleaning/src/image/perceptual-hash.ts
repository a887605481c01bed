import { areaAverage } from './area-average.ts';
import type { Box } from './area-average.ts';
import type { Raster } from './picture.ts';
import { levelsOf, LUMA_ONE } from './raster-kernels.ts';

const SIDE = 32;
const FREQUENCIES = 8;
/**
 * A coefficient is 1 only if it is above the median by this much (of 255 grey levels, orthonormal DCT). In symmetric drawings
 * half of the coefficients are nearly zero, as is their median: without the margin their bits would be noise.
 */
const DEAD_ZONE = 20 * LUMA_ONE;

/** cosines[frequency - 1][x], the rows 1..8 of an orthonormal DCT-II. */
const COSINES = Array.from({ length: FREQUENCIES }, (_row, index) =>
  Float64Array.from(
    { length: SIDE },
    (_, x) => Math.sqrt(2 / SIDE) * Math.cos(((2 * x + 1) * (index + 1) * Math.PI) / (2 * SIDE)),
  ),
);

/**
 * 64-bit perceptual hash: DCT of the box reduced to 32×32 in grey, frequencies 1..8 in both directions, compared with their median
 * (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2).
 */
export function perceptualHash(raster: Raster, box: Box): bigint {
  const { width, height } = raster;
  const luma = areaAverage({ width, height, channels: 1, values: levelsOf(raster).luma }, box, SIDE); // [32, 32], in units of 1/LUMA_ONE
  const coefficients = lowFrequencies(luma);
  const sorted = Float64Array.from(coefficients).sort();
  const median = (sorted[31]! + sorted[32]!) / 2;
  // In halves, since numbers are quicker than bigints.
  let [low, high] = [0, 0];
  for (let bit = 0; bit < 32; bit += 1) {
    if (coefficients[bit]! > median + DEAD_ZONE) low |= 1 << bit;
    if (coefficients[bit + 32]! > median + DEAD_ZONE) high |= 1 << bit;
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * @param grey [32, 32]
 * @returns [8, 8]
 */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * FREQUENCIES); // [y, horizontal frequency]
  for (let y = 0; y < SIDE; y += 1) {
    for (let u = 0; u < FREQUENCIES; u += 1) {
      const cosine = COSINES[u]!;
      let sum = 0;
      for (let x = 0; x < SIDE; x += 1) sum += grey[y * SIDE + x]! * cosine[x]!;
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  const coefficients = new Float64Array(FREQUENCIES * FREQUENCIES); // [vertical frequency, horizontal frequency]
  for (let v = 0; v < FREQUENCIES; v += 1) {
    const cosine = COSINES[v]!;
    for (let u = 0; u < FREQUENCIES; u += 1) {
      let sum = 0;
      for (let y = 0; y < SIDE; y += 1) sum += rows[y * FREQUENCIES + u]! * cosine[y]!;
      coefficients[v * FREQUENCIES + u] = sum;
    }
  }
  return coefficients;
}
