import type { Raster } from './picture.ts';

const cache = new WeakMap<Uint8Array, Uint8Array>();

/**
 * Grey levels by the weights of ITU-R BT.601, rounded; made once a raster.
 * @returns [height, width]
 */
export function greyOf({ pixels }: Pick<Raster, 'pixels'>): Uint8Array {
  const known = cache.get(pixels);
  if (known !== undefined) return known;
  const grey = new Uint8Array(pixels.length / 3);
  // In units of 1/65536, which are exact to a hundredth of a level.
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 3)
    grey[at] = (19_595 * pixels[from]! + 38_470 * pixels[from + 1]! + 7_471 * pixels[from + 2]! + 32_768) >> 16;
  cache.set(pixels, grey);
  return grey;
}
