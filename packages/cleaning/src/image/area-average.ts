import type { Raster } from './picture.ts';

/** Part of a raster that holds something, in pixels and fractions of them. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Weights of rows are whole multiples of 1/ONE: 255 × ONE fits into 32 bits, and whole numbers are quicker. */
const ONE = 1 << 20;

export const wholeBox = ({ width, height }: Raster): Box => ({ left: 0, top: 0, right: width, bottom: height });

/**
 * Mean colour of each cell of a square grid laid over a box, pixels that lie in a cell in part counted by that part. Resampling
 * a picture hardly changes such means, whereas interpolated samples move with every resampler by up to half a pixel.
 * @returns RGB, [side, side, 3]
 */
export function areaAverage({ width, height, pixels }: Raster, box: Box, side: number): Float64Array {
  const columns = overlaps(box.left, box.right, width, side);
  const rows = overlaps(box.top, box.bottom, height, side);
  const averages = new Float64Array(side * side * 3);
  const line = new Int32Array(width * 3); // one row of cells in units of 1/ONE, not yet reduced in width
  const length = width * 3;
  for (let cellY = 0; cellY < side; cellY += 1) {
    const { first, weights } = rows[cellY]!;
    for (let index = 0; index < weights.length; index += 1) {
      const weight = Math.round(weights[index]! * ONE);
      const source = (first + index) * length;
      if (index === 0) for (let at = 0; at < length; at += 1) line[at] = Math.imul(weight, pixels[source + at]!);
      else for (let at = 0; at < length; at += 1) line[at] = (line[at]! + Math.imul(weight, pixels[source + at]!)) | 0;
    }
    for (let cellX = 0; cellX < side; cellX += 1) {
      const column = columns[cellX]!;
      const target = (cellY * side + cellX) * 3;
      let [red, green, blue] = [0, 0, 0];
      for (let index = 0; index < column.weights.length; index += 1) {
        const weight = column.weights[index]!;
        const source = (column.first + index) * 3;
        red += weight * line[source]!;
        green += weight * line[source + 1]!;
        blue += weight * line[source + 2]!;
      }
      averages[target] = red / ONE;
      averages[target + 1] = green / ONE;
      averages[target + 2] = blue / ONE;
    }
  }
  return averages;
}

/** For each cell of an axis, the first pixel that it overlaps and the share of the cell that each has; they add up to 1. */
function overlaps(from: number, to: number, pixels: number, cells: number): { first: number; weights: number[] }[] {
  return Array.from({ length: cells }, (_, cell) => {
    const start = from + ((to - from) * cell) / cells;
    const end = from + ((to - from) * (cell + 1)) / cells;
    const first = Math.floor(start);
    const weights: number[] = [];
    for (let pixel = first; pixel < Math.min(pixels, Math.ceil(end)); pixel += 1) {
      weights.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start));
    }
    return { first, weights };
  });
}
