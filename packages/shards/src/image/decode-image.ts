import sharp from 'sharp';
import type { Sharp, SharpOptions } from 'sharp';
import { headerSize } from './image-size.ts';
import { takeOut } from './kernels.ts';
import { areaOf, resample, WHOLE } from './resample.ts';
import type { RgbImage, View } from './resample.ts';

// One thread a picture and nothing kept: many pictures are decoded at once, and none twice.
sharp.concurrency(1);
sharp.cache(false);

/** A picture that claims more pixels than this is refused before any memory is taken. */
const MAX_INPUT_PIXELS = 100_000_000;
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: MAX_INPUT_PIXELS, autoOrient: true, animated: false };
/** Dots per inch at which librsvg draws one pixel for each CSS pixel. */
const SVG_DENSITY = 72;
const MAX_SVG_DENSITY = 7200;

/**
 * Decodes a picture, or what a view of it needs: upright, first frame, alpha flattened on white.
 * One that has more than twice `side` pixels a side is squashed to side × side on the way, others keep their size;
 * an SVG is drawn at `side` or more.
 * @param image bytes of any format that libvips reads
 * @param target pixels a side to which the view will be scaled
 * @throws Error saying what is wrong with the picture
 */
export async function decodeImage(image: Uint8Array, side: number, view: View = WHOLE, target: number = side): Promise<RgbImage> {
  const { width, height, mayTurn, decoder } = await openPicture(image, side);
  const isLarge = width > 2 * side || height > 2 * side;
  // To set up a resize takes libvips as long as scaling a small picture, so small ones are left to resample().
  if (isLarge) decoder.resize(side, side, { fit: 'fill', kernel: 'linear' });
  const area = isLarge || mayTurn ? null : areaOf(view, width, height, target);
  if (area !== null && (area.width < width || area.height < height)) decoder.extract(area);
  const { data, info } = await decoder.raw().toBuffer({ resolveWithObject: true });
  const whole = area === null ? { width: info.width, height: info.height } : { width, height };
  return { ...whole, part: area ?? { left: 0, top: 0, ...whole }, pixels: flatten(data, info.channels) };
}

/**
 * Decodes a picture and squashes it to side × side, as the loader does without augmentation.
 * @returns RGB in 0..1, alpha flattened on white, [side, side, 3]
 * @throws Error saying what is wrong with the picture
 */
export async function decodePixels(image: Uint8Array, side: number): Promise<Float32Array> {
  const pixels = new Float32Array(side * side * 3);
  takeOut(resample(await decodeImage(image, side), WHOLE, side), pixels);
  return pixels;
}

/**
 * Decodes a picture and squashes it to side × side by bicubic interpolation, as the preprocessing of CLIP models does.
 * @returns RGB, alpha flattened on white, [side, side, 3]
 * @throws Error saying what is wrong with the picture
 */
export async function squashBicubic(image: Uint8Array, side: number): Promise<Uint8Array> {
  const { decoder } = await openPicture(image, side);
  const { data, info } = await decoder
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(side, side, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return flatten(data, info.channels);
}

/** What decodes a picture, and its size as {@link measure} gives it. */
async function openPicture(
  image: Uint8Array,
  side: number,
): Promise<{ width: number; height: number; mayTurn: boolean; decoder: Sharp }> {
  if (image.byteLength === 0) throw new Error('the picture has no bytes');
  const { density, ...size } = await measure(image, side);
  return { ...size, decoder: sharp(image, density === undefined ? OPTIONS : { ...OPTIONS, density }) };
}

/** Size in pixels, before EXIF orientation if it `mayTurn`; for an SVG also the density at which it is large enough. */
async function measure(
  image: Uint8Array,
  side: number,
): Promise<{ width: number; height: number; mayTurn: boolean; density?: number }> {
  const stated = headerSize(image);
  if (stated !== null) return stated;
  const { format, width, height } = await sharp(image, OPTIONS).metadata();
  if (format !== 'svg') return { width, height, mayTurn: true };
  const scale = Math.max(1, side / Math.min(width, height));
  const density = Math.min(MAX_SVG_DENSITY, SVG_DENSITY * scale);
  return { width: width * scale, height: height * scale, mayTurn: true, density };
}

/** @param data [pixels, channels] of grey, grey + alpha, RGB or RGBA */
function flatten(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const count = data.length / channels;
  const pixels = new Uint8Array(count * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const alphaAt = channels % 2 === 0 ? channels - 1 : null;
  for (let pixel = 0, source = 0, target = 0; pixel < count; pixel += 1, source += channels, target += 3) {
    const alpha = (alphaAt === null ? 255 : data[source + alphaAt]!) / 255;
    const white = 255 * (1 - alpha) + 0.5;
    pixels[target] = data[source]! * alpha + white;
    pixels[target + 1] = data[source + green]! * alpha + white;
    pixels[target + 2] = data[source + blue]! * alpha + white;
  }
  return pixels; // [pixels, 3]
}
