import type { Raster } from './picture.ts';

/** Part of a raster that holds something, in pixels and fractions of them. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const wholeBox = ({ width, height }: Raster): Box => ({ left: 0, top: 0, right: width, bottom: height });

/** Values of a picture, channels of a pixel beside each other: [height, width, channels]. */
export interface Grid {
  width: number;
  height: number;
  channels: 1 | 3;
  values: Uint8Array | Int32Array;
}

/**
 * Mean of each cell of a square grid laid over a box, pixels that lie in a cell in part counted by that part. Resampling a picture
 * hardly changes such means, whereas interpolated samples move with every resampler by up to half a pixel.
 * @returns [side, side, channels]
 */
export function areaAverage({ width, height, channels, values }: Grid, box: Box, side: number): Float64Array {
  const columns = overlaps(box.left, box.right, width, side);
  const rows = overlaps(box.top, box.bottom, height, side);
  const averages = new Float64Array(side * side * channels);
  const line = new Float64Array(side * channels); // one row of pixels, reduced to cells
  const reduce = channels === 3 ? reduceColors : reduceGrey;
  let reduced = -1;
  for (const [cellY, row] of rows.entries()) {
    for (let y = row.first; y <= row.last; y += 1) {
      // A row on the border of two cells is needed twice.
      if (y !== reduced) reduce(values, y * width, columns, line);
      reduced = y;
      const weight = weightOf(row, y);
      const target = cellY * side * channels;
      for (let at = 0; at < line.length; at += 1) averages[target + at] = averages[target + at]! + weight * line[at]!;
    }
  }
  return averages;
}

function reduceGrey(values: Grid['values'], start: number, cells: readonly Overlap[], line: Float64Array): void {
  for (let cell = 0; cell < cells.length; cell += 1) {
    const { first, last, firstWeight, innerWeight, lastWeight } = cells[cell]!;
    let inner = 0;
    for (let at = start + first + 1; at < start + last; at += 1) inner += values[at]!;
    const ends = firstWeight * values[start + first]! + (last > first ? lastWeight * values[start + last]! : 0);
    line[cell] = ends + innerWeight * inner;
  }
}

function reduceColors(values: Grid['values'], start: number, cells: readonly Overlap[], line: Float64Array): void {
  for (let cell = 0; cell < cells.length; cell += 1) {
    const { first, last, firstWeight, innerWeight, lastWeight } = cells[cell]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let at = 3 * (start + first + 1); at < 3 * (start + last); at += 3) {
      red += values[at]!;
      green += values[at + 1]!;
      blue += values[at + 2]!;
    }
    const left = 3 * (start + first);
    const right = 3 * (start + last);
    const rightWeight = last > first ? lastWeight : 0;
    line[3 * cell] = firstWeight * values[left]! + innerWeight * red + rightWeight * values[right]!;
    line[3 * cell + 1] = firstWeight * values[left + 1]! + innerWeight * green + rightWeight * values[right + 1]!;
    line[3 * cell + 2] = firstWeight * values[left + 2]! + innerWeight * blue + rightWeight * values[right + 2]!;
  }
}

/** The pixels that a cell overlaps, and the shares of the cell that the first, each between and the last have; they add up to 1. */
interface Overlap {
  first: number;
  last: number;
  firstWeight: number;
  innerWeight: number;
  lastWeight: number;
}

const weightOf = ({ first, last, firstWeight, innerWeight, lastWeight }: Overlap, pixel: number): number =>
  pixel === first ? firstWeight : pixel === last ? lastWeight : innerWeight;

/** Nearly all pictures of a collection have one of a few shapes. */
const known = new Map<string, Overlap[]>();
const MAX_KNOWN = 64;

/** The overlaps of every cell of an axis. */
function overlaps(from: number, to: number, pixels: number, cells: number): Overlap[] {
  const key = `${from} ${to} ${pixels} ${cells}`;
  const stored = known.get(key);
  if (stored !== undefined) return stored;
  const found = Array.from({ length: cells }, (_, cell) => {
    const start = from + ((to - from) * cell) / cells;
    const end = from + ((to - from) * (cell + 1)) / cells;
    const first = Math.floor(start);
    const last = Math.max(first, Math.min(pixels, Math.ceil(end)) - 1);
    return {
      first,
      last,
      firstWeight: (Math.min(end, first + 1) - start) / (end - start),
      innerWeight: 1 / (end - start),
      lastWeight: (end - last) / (end - start),
    };
  });
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, found);
  return found;
}
