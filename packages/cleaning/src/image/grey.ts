import type { Raster } from './picture.ts';

/** Levels of luma are whole multiples of 1/LUMA_ONE. */
export const LUMA_ONE = 65_536;

interface Levels {
  pixels: Uint8Array;
  luma: Int32Array;
  grey: Uint8Array;
  /** Pixels of each grey level. */
  histogram: Uint32Array;
  /** Mean difference of the highest and the lowest channel, 0..255. */
  colorfulness: number;
}

/** Of the picture at hand: several rules ask for it one after another. */
let last: Levels | undefined;

/** All that is taken of single pixels, in one pass; grey levels by the weights of ITU-R BT.601. The next raster may take over the arrays. */
function levelsOf(pixels: Uint8Array): Levels {
  if (last?.pixels === pixels) return last;
  const count = pixels.length / 3;
  const { luma, grey } = last?.grey.length === count ? last : { luma: new Int32Array(count), grey: new Uint8Array(count) };
  const histogram = new Uint32Array(256);
  let spread = 0;
  for (let at = 0, from = 0; at < count; at += 1, from += 3) {
    const red = pixels[from]!;
    const green = pixels[from + 1]!;
    const blue = pixels[from + 2]!;
    // The weights in units of 1/65536, which are exact to a hundredth of a level.
    const level = 19_595 * red + 38_470 * green + 7_471 * blue;
    const rounded = (level + LUMA_ONE / 2) >> 16;
    luma[at] = level;
    grey[at] = rounded;
    histogram[rounded]! += 1;
    // Half the way round the three channels is the way from the lowest to the highest.
    spread += (Math.abs(red - green) + Math.abs(green - blue) + Math.abs(blue - red)) >> 1;
  }
  last = { pixels, luma, grey, histogram, colorfulness: spread / count };
  return last;
}

/** @returns rounded levels, [height, width] */
export const greyOf = ({ pixels }: Pick<Raster, 'pixels'>): Uint8Array => levelsOf(pixels).grey;

/** @returns levels in units of 1/{@link LUMA_ONE}, [height, width] */
export const lumaOf = ({ pixels }: Pick<Raster, 'pixels'>): Int32Array => levelsOf(pixels).luma;

/** @returns how many pixels have each grey level, [256] */
export const greyHistogramOf = ({ pixels }: Pick<Raster, 'pixels'>): Uint32Array => levelsOf(pixels).histogram;

/** Mean difference of the highest and the lowest channel of a pixel, 0..255. */
export const colorfulnessOf = ({ pixels }: Pick<Raster, 'pixels'>): number => levelsOf(pixels).colorfulness;
