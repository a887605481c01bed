import { hash } from 'node:crypto';
import sharp from 'sharp';

/** How pictures are fitted to a size; the modes of img2dataset. */
export const RESIZE_MODES = ['border', 'keep_ratio', 'keep_ratio_largest', 'center_crop'] as const;
/** How a picture is fitted to a size, by img2dataset's names. */
export type ResizeMode = (typeof RESIZE_MODES)[number];
export const RESIZE_FORMATS = ['jpeg', 'png', 'webp'] as const;

/** The size and format that fetched pictures are brought to. */
export interface ResizeOptions {
  /**
   * `keep_ratio`: the shorter side has `size` pixels; `keep_ratio_largest`: the longer; `center_crop`: the middle square of
   * the former; `border`: the latter on a white square.
   */
  mode: ResizeMode;
  /** Pixels. */
  size: number;
  /** Leaves pictures that are no larger as they were sent. */
  onlyIfBigger: boolean;
  format: (typeof RESIZE_FORMATS)[number];
  /** Of JPEG and WebP, 1 to 100. */
  quality: number;
}

/** Those of img2dataset. */
export const DEFAULT_RESIZE: ResizeOptions = { mode: 'border', size: 256, onlyIfBigger: false, format: 'jpeg', quality: 95 };

export interface ResizedPicture {
  bytes: Buffer;
  mime: string;
  width: number;
  height: number;
  sha256: Uint8Array;
}

const WHITE = { r: 255, g: 255, b: 255 };

/** A pool of pictures does better on few cores than a pool of threads for each. */
sharp.concurrency(1);
/** No picture comes twice, so that keeping what was made of it only costs. */
sharp.cache(false);

/**
 * Fits a picture to a size in threads of libvips, upright, on white, in sRGB; the first frame of an animation. JPEGs are shrunk
 * as they are decoded where the rest of the way is long enough for the quality.
 * @param size after orientation
 * @returns null where it stays as it was sent
 * @throws Error where it can't be decoded
 */
export async function resizePicture(
  bytes: Buffer,
  { width, height }: { width: number; height: number },
  { mode, size, onlyIfBigger, format, quality }: ResizeOptions,
): Promise<ResizedPicture | null> {
  const isOutside = mode === 'keep_ratio' || mode === 'center_crop';
  const side = isOutside ? Math.min(width, height) : Math.max(width, height);
  if (onlyIfBigger && side <= size) return null;
  const scaled = [width, height].map((pixels) => Math.max(1, Math.round((pixels * size) / side))) as [number, number];
  const picture = sharp(bytes, { limitInputPixels: false, failOn: 'error' })
    .autoOrient()
    .toColourspace('srgb')
    .flatten({ background: WHITE });
  // A box filter is what img2dataset has for shrinking; of the kernels, this one comes nearest to it.
  const kernel = side > size ? 'linear' : 'lanczos3';
  if (mode === 'center_crop') picture.resize({ width: size, height: size, fit: 'cover', kernel });
  else if (mode === 'border') picture.resize({ width: size, height: size, fit: 'contain', background: WHITE, kernel });
  else picture.resize({ width: scaled[0], height: scaled[1], fit: 'fill', kernel });
  // Optimal Huffman tables take a second pass for two bytes in a hundred.
  if (format === 'jpeg') picture.jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: false });
  else if (format === 'webp') picture.webp({ quality });
  else picture.png();
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  return { bytes: data, mime: `image/${format}`, width: info.width, height: info.height, sha256: hash('sha256', data, 'buffer') };
}
