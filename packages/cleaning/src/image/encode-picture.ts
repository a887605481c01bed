import sharp from 'sharp';
import { blurBoxes } from './blur-boxes.ts';
import { inputOptions, svgDensity } from './decode-picture.ts';
import type { DecodeLimits } from './decode-picture.ts';

/** How pictures are encoded that cannot stay as they came. */
export interface EncodeOptions {
  /** Larger pictures are reduced until their longer side has this many pixels. */
  maxSide: number;
  /** Longer side at which a vector picture is drawn. */
  vectorSide: number;
  /** 1..100, for pictures that come as JPEG; all others are written as PNG, without loss. */
  jpegQuality: number;
}

export interface EncodedPicture {
  bytes: Uint8Array;
  mime: string;
  width: number;
  height: number;
}

/**
 * The bytes that a kept row carries, or null if its own are fit: only vector pictures, those above `maxSide` and those with
 * something to blur are encoded anew. Equal bytes and options give equal bytes.
 */
export async function encodePicture(
  bytes: Uint8Array,
  picture: { format: string; width: number; height: number; blurred?: readonly (readonly number[])[] },
  options: EncodeOptions,
  limits: DecodeLimits,
): Promise<EncodedPicture | null> {
  const { format, width, height } = picture;
  const vector = format === 'svg';
  const blurred = picture.blurred ?? [];
  if (!vector && Math.max(width, height) <= options.maxSide && blurred.length === 0) return null;
  const side = vector ? options.vectorSide : options.maxSide;
  const input = inputOptions(limits);
  const source = blurred.length === 0 ? bytes : await blurBoxes(bytes, blurred, input);
  const image = sharp(source, vector ? { ...input, density: svgDensity(width, height, side) } : input)
    .resize(side, side, { fit: 'inside', withoutEnlargement: !vector })
    .toColourspace('srgb');
  const encoder = format === 'jpeg' ? image.jpeg({ quality: options.jpegQuality, chromaSubsampling: '4:4:4' }) : image.png();
  const { data, info } = await encoder.toBuffer({ resolveWithObject: true });
  return { bytes: data, mime: format === 'jpeg' ? 'image/jpeg' : 'image/png', width: info.width, height: info.height };
}

const MIME_TYPES: Record<string, string> = { svg: 'image/svg+xml', heif: 'image/heif', jp2: 'image/jp2', jxl: 'image/jxl' };

/** Media type of a format as libvips names it. */
export const mimeOf = (format: string): string => MIME_TYPES[format] ?? `image/${format}`;
