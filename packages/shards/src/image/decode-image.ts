import sharp from 'sharp';
import type { SharpOptions } from 'sharp';
import { resample, wholeOf } from './resample.ts';
import type { RgbImage } from './resample.ts';

// One thread a picture and nothing kept: many pictures are decoded at once, and none twice.
sharp.concurrency(1);
sharp.cache(false);

/** A picture that claims more pixels than this is refused before any memory is taken. */
const MAX_INPUT_PIXELS = 100_000_000;
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: MAX_INPUT_PIXELS, autoOrient: true, animated: false };
/** Dots per inch at which librsvg draws one pixel for each CSS pixel. */
const SVG_DENSITY = 72;
const MAX_SVG_DENSITY = 7200;
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Decodes a picture: upright, first frame, alpha flattened on white.
 * One that has more than twice `side` pixels a side is squashed to side × side on the way, others keep their size;
 * an SVG is drawn at `side` or more.
 * @param image bytes of any format that libvips reads
 * @throws Error saying what is wrong with the picture
 */
export async function decodeImage(image: Uint8Array, side: number): Promise<RgbImage> {
  if (image.byteLength === 0) throw new Error('the picture has no bytes');
  const { width, height, density } = await measure(image, side);
  const decoder = sharp(image, density === undefined ? OPTIONS : { ...OPTIONS, density });
  // libvips takes longer to set up a resize than to decode a small picture, so small ones are scaled by resample().
  if (width > 2 * side || height > 2 * side) decoder.resize(side, side, { fit: 'fill', kernel: 'linear' });
  const { data, info } = await decoder.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: flatten(data, info.channels) };
}

/**
 * Decodes a picture and squashes it to side × side, as the loader does without augmentation.
 * @returns RGB in 0..1, alpha flattened on white, [side, side, 3]
 * @throws Error saying what is wrong with the picture
 */
export async function decodePixels(image: Uint8Array, side: number): Promise<Float32Array> {
  const decoded = await decodeImage(image, side);
  return resample(decoded, wholeOf(decoded), side);
}

/** Size in pixels, perhaps before EXIF orientation; for an SVG also the density at which it is large enough. */
async function measure(image: Uint8Array, side: number): Promise<{ width: number; height: number; density?: number }> {
  // Asking libvips costs a fifth of decoding a small PNG, and a PNG begins with its size (PNG specification, 11.2.1).
  if (image.byteLength > 24 && PNG_SIGNATURE.equals(image.subarray(0, 8))) {
    const header = new DataView(image.buffer, image.byteOffset, 24);
    return { width: header.getUint32(16), height: header.getUint32(20) };
  }
  const { format, width, height } = await sharp(image, OPTIONS).metadata();
  if (format !== 'svg') return { width, height };
  const scale = Math.max(1, side / Math.min(width, height));
  return { width: width * scale, height: height * scale, density: Math.min(MAX_SVG_DENSITY, SVG_DENSITY * scale) };
}

/** @param data [pixels, channels] of grey, grey + alpha, RGB or RGBA */
function flatten(data: Uint8Array, channels: number): Float32Array {
  const count = data.length / channels;
  const pixels = new Float32Array(count * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const alphaAt = channels % 2 === 0 ? channels - 1 : null;
  for (let pixel = 0, source = 0, target = 0; pixel < count; pixel += 1, source += channels, target += 3) {
    const alpha = alphaAt === null ? 255 : data[source + alphaAt]!;
    const white = 1 - alpha / 255;
    const scale = alpha / (255 * 255);
    pixels[target] = data[source]! * scale + white;
    pixels[target + 1] = data[source + green]! * scale + white;
    pixels[target + 2] = data[source + blue]! * scale + white;
  }
  return pixels; // [pixels, 3]
}
