import { areaAverage } from './area-average.ts';
import type { Box } from './area-average.ts';
import type { Raster } from './picture.ts';

const GRID = 9;
export const COLOR_BYTES: number = GRID * GRID * 3;

/**
 * Mean colour of each cell of a 9×9 grid: what tells apart pictures that a grey hash takes for one, such as flags that differ
 * in colour, or clocks that differ in a hand.
 * @returns [9, 9, 3]
 */
export const colorSignature = (raster: Raster, box: Box): Uint8Array =>
  Uint8Array.from(areaAverage({ ...raster, channels: 3, values: raster.pixels }, box, GRID), Math.round);

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
