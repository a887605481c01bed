import sharp from 'sharp';
import type { SharpOptions } from 'sharp';
import { MEASURED_SIDE } from './picture.ts';
import type { Picture } from './picture.ts';

/** Dots per inch at which librsvg draws one pixel for each CSS pixel. */
const SVG_DENSITY = 72;
/** Bounds that sharp sets to the density. */
const MIN_DENSITY = 1;
const MAX_DENSITY = 100_000;
const WHITE = '#ffffff';

/** What is not decoded. */
export interface DecodeLimits {
  /** A picture that claims more pixels is refused before memory is taken. */
  maxPixels: number;
}

/** How every picture is opened: the first frame, and no pixel made up for bytes that are missing. */
export const inputOptions = ({ maxPixels }: DecodeLimits): SharpOptions => ({
  failOn: 'error',
  limitInputPixels: maxPixels,
  autoOrient: true,
});

/** Density at which an SVG of the given size is drawn with its longer side at `side` pixels. */
export const svgDensity = (width: number, height: number, side: number): number =>
  Math.min(MAX_DENSITY, Math.max(MIN_DENSITY, (SVG_DENSITY * side) / Math.max(width, height)));

/**
 * Decodes a picture once, for all image rules.
 * @throws Error saying what is wrong with the bytes
 */
export async function decodePicture(bytes: Uint8Array, limits: DecodeLimits): Promise<Picture> {
  if (bytes.byteLength === 0) throw new Error('the picture has no bytes');
  const options = inputOptions(limits);
  const { format, width, height, pages, autoOrient } = await sharp(bytes, options).metadata();
  const vector = format === 'svg';
  const decoder = sharp(bytes, vector ? { ...options, density: svgDensity(width, height, MEASURED_SIDE) } : options);
  const { data, info } = await decoder
    .flatten({ background: WHITE })
    .toColourspace('srgb')
    .resize(MEASURED_SIDE, MEASURED_SIDE, { fit: 'inside', withoutEnlargement: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`the picture decodes to ${info.channels} channels instead of RGB`);
  return {
    format,
    width: autoOrient.width,
    height: autoOrient.height,
    vector,
    byteLength: bytes.byteLength,
    frames: pages ?? 1,
    raster: {
      width: info.width,
      height: info.height,
      pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), // [height, width, 3]
    },
  };
}
