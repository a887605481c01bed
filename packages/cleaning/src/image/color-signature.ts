import type { Scores } from '../rule.ts';
import { MEASURED_SIDE } from './picture.ts';

/** Odd, so that a centred drawing doesn't lie on the edges of cells, where a shift by half a pixel shows most. */
export const GRID = 7;
export const COLOR_BYTES: number = GRID * GRID * 3;

/**
 * Mean colour of each cell of a 7×7 grid: what tells apart pictures that a grey hash takes for one, such as flags that differ
 * in colour, or clocks that differ in a hand.
 * @param pixels RGB, [64, 64, 3]
 * @returns [7, 7, 3]
 */
export function colorSignature(pixels: Uint8Array): Uint8Array {
  const sums = new Float64Array(COLOR_BYTES);
  const counts = new Uint32Array(GRID * GRID);
  for (let y = 0; y < MEASURED_SIDE; y += 1) {
    for (let x = 0; x < MEASURED_SIDE; x += 1) {
      const cell = Math.floor((y * GRID) / MEASURED_SIDE) * GRID + Math.floor((x * GRID) / MEASURED_SIDE);
      const source = (y * MEASURED_SIDE + x) * 3;
      counts[cell]! += 1;
      for (let channel = 0; channel < 3; channel += 1) sums[cell * 3 + channel]! += pixels[source + channel]!;
    }
  }
  return Uint8Array.from(sums, (sum, index) => Math.round(sum / counts[Math.floor(index / 3)]!));
}

/** As scores `color.YX`, each the RGB of a cell as a whole number below 2^24, which a float32 holds exactly. */
export function colorScores(signature: Uint8Array): Scores {
  const scores: Record<string, number> = {};
  for (let cell = 0; cell < GRID * GRID; cell += 1) {
    const [red, green, blue] = signature.subarray(cell * 3, cell * 3 + 3);
    scores[`color.${Math.floor(cell / GRID)}${cell % GRID}`] = red! * 65_536 + green! * 256 + blue!;
  }
  return scores;
}

/**
 * Largest difference of any channel in any cell, 0..255; above `limit` any number above it may be returned.
 * @param table signatures one after the other
 */
export function colorDistance(table: Uint8Array, left: number, right: number, limit: number): number {
  let largest = 0;
  const leftAt = left * COLOR_BYTES;
  const rightAt = right * COLOR_BYTES;
  for (let index = 0; index < COLOR_BYTES; index += 1) {
    const difference = Math.abs(table[leftAt + index]! - table[rightAt + index]!);
    if (difference > largest) {
      largest = difference;
      if (largest > limit) break;
    }
  }
  return largest;
}
