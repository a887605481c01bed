import { wholeBox } from './area-average.ts';
import type { Box } from './area-average.ts';
import type { Raster } from './picture.ts';

const WHITE = 255;
/** Levels of 255 by which the corners of a picture on a white ground may differ from white. */
const GROUND_TOLERANCE = 16;
/** What differs from the ground by less than this is noise of compression, and by RANGE more is part of the drawing. */
const NOISE = 24;
const RANGE = 64;
/** Anything smaller than this, in pixels, is a speck. */
const MIN_CONTENT = 2;

/**
 * The box around a drawing on a white ground; the whole raster where the corners aren't white or there is no drawing. Edges
 * have fractions of a pixel: a border column that is half as dark as a full one counts as half.
 */
export function contentBox(raster: Raster): Box {
  const whole = wholeBox(raster);
  if (!hasWhiteCorners(raster)) return whole;
  const columns = new Float64Array(raster.width);
  const rows = new Float64Array(raster.height);
  for (let y = 0; y < raster.height; y += 1) {
    for (let x = 0; x < raster.width; x += 1) {
      const ink = Math.min(1, (WHITE - darkest(raster, x, y) - NOISE) / RANGE);
      if (ink > columns[x]!) columns[x] = ink;
      if (ink > rows[y]!) rows[y] = ink;
    }
  }
  const [left, right] = extent(columns);
  const [top, bottom] = extent(rows);
  return right - left < MIN_CONTENT || bottom - top < MIN_CONTENT ? whole : { left, top, right, bottom };
}

function hasWhiteCorners(raster: Raster): boolean {
  const [right, bottom] = [raster.width - 1, raster.height - 1];
  const corners = [darkest(raster, 0, 0), darkest(raster, right, 0), darkest(raster, 0, bottom), darkest(raster, right, bottom)];
  return Math.min(...corners) >= WHITE - GROUND_TOLERANCE;
}

/** The lowest channel of a pixel. */
function darkest({ width, pixels }: Raster, x: number, y: number): number {
  const at = (y * width + x) * 3;
  return Math.min(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
}

/** @param ink of each row or column, 0..1 */
function extent(ink: Float64Array): [number, number] {
  const first = ink.findIndex((value) => value > 0);
  const last = ink.findLastIndex((value) => value > 0);
  return first < 0 ? [0, 0] : [first + 1 - ink[first]!, last + ink[last]!];
}
