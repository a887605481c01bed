import { kernels, reserve } from './kernels.ts';
import type { Canvas } from './kernels.ts';

/** An upright picture without alpha, or a part of one. */
export interface RgbImage {
  /** Pixels of the whole picture. */
  width: number;
  height: number;
  part: PixelArea;
  pixels: Uint8Array; // [part.height, part.width, 3]
}

/** A rectangle of whole pixels. */
export interface PixelArea {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A rectangle in shares of the picture's sides; it may reach past the border. */
export interface View {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Seen in a mirror, left for right. */
  flipped: boolean;
}

export const WHOLE: View = { left: 0, top: 0, width: 1, height: 1, flipped: false };

/** For each output pixel: the neighbours in the source that it is a mean of, and their weights. */
interface Taps {
  count: number;
  /** The first of the neighbours. */
  starts: Int32Array; // [side]
  weights: Float64Array; // [side, count]
}

/** Pixels that {@link resample} needs, besides the view itself, to the left and above, to the right and below. */
export function areaOf(view: View, width: number, height: number, side: number): PixelArea {
  const [left, right] = reach(view.left * width, view.width * width, width, side);
  const [top, bottom] = reach(view.top * height, view.height * height, height, side);
  return { left, top, width: right - left, height: bottom - top };
}

function reach(start: number, length: number, size: number, side: number): [first: number, end: number] {
  const step = length / side;
  const radius = Math.max(1, step);
  const first = Math.floor(centreWithin(start + step / 2, size) - radius);
  const end = Math.ceil(centreWithin(start + length - step / 2, size) + radius);
  return [Math.max(0, first), Math.min(size, end)];
}

/** What lies past the border is seen as the border. */
const centreWithin = (centre: number, size: number): number => Math.min(size - 0.5, Math.max(0.5, centre));

/**
 * Scales a view of a picture to side × side with the antialiased bilinear (triangle) filter, as Pillow and torchvision do.
 * Past the border its pixels are repeated.
 * @returns RGB in 0..1, until the next call in this thread
 */
export function resample(image: RgbImage, view: View, side: number): Canvas {
  const { part, pixels } = image;
  const across = tapsOf(view.left * image.width, view.width * image.width, part.left, part.width, image.width, side);
  const down = tapsOf(view.top * image.height, view.height * image.height, part.top, part.height, image.height, side);
  const columns = Math.ceil(side / 4) * 4;
  const [rowBytes, plane] = [columns * PIXEL_BYTES, columns * 4];
  const [columnStarts, columnWeights] = columnTaps(across, columns, view.flipped);
  const rowStarts = down.starts.map((start) => start * rowBytes);
  const rowWeights = Float32Array.from(down.weights, (weight) => weight / (255 * FULL_WEIGHT));

  const sizes = [columnStarts, columnWeights, rowStarts, rowWeights, pixels].map(({ byteLength }) => byteLength);
  const places = [0];
  for (const bytes of [...sizes, part.height * rowBytes, side * 3 * plane]) places.push(align(places.at(-1)! + bytes));
  const [startsAt, weightsAt, rowStartsAt, rowWeightsAt, source, scaled, at, end] = places as Places;
  reserve(end);
  const { buffer } = kernels.memory;
  new Int32Array(buffer, startsAt).set(columnStarts);
  new Int16Array(buffer, weightsAt).set(columnWeights);
  new Int32Array(buffer, rowStartsAt).set(rowStarts);
  new Float32Array(buffer, rowWeightsAt).set(rowWeights);
  new Uint8Array(buffer, source).set(pixels);
  const pairs = Math.ceil(across.count / 2);
  kernels.scaleAcross(source, part.height, part.width * 3, startsAt, weightsAt, pairs, columns, scaled);
  kernels.scaleDown(scaled, rowStartsAt, rowWeightsAt, down.count, side, plane, at);
  return { side, plane, at, end: at + side * 3 * plane };
}

/** Of a row on its way: three floats and one that nobody reads. */
const PIXEL_BYTES = 16;
/** What 1 is as a weight of 16 bits. */
const FULL_WEIGHT = 1 << 14;
/** Kernels read some bytes past the last pixel. */
const align = (bytes: number): number => Math.ceil((bytes + PIXEL_BYTES) / PIXEL_BYTES) * PIXEL_BYTES;
type Places = [number, number, number, number, number, number, number, number];

/** @param first the pixels that are there, of `size`: from this one on, `length` */
function tapsOf(start: number, extent: number, first: number, length: number, size: number, side: number): Taps {
  const step = extent / side;
  const radius = Math.max(1, step);
  const count = Math.min(length, Math.ceil(radius * 2));
  const starts = new Int32Array(side);
  const weights = new Float64Array(side * count);
  for (let pixel = 0; pixel < side; pixel += 1) {
    const centre = centreWithin(start + (pixel + 0.5) * step, size);
    const from = Math.min(first + length - count, Math.max(first, Math.ceil(centre - radius - 0.5)));
    starts[pixel] = from - first;
    let sum = 0;
    for (let tap = 0; tap < count; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs(from + tap + 0.5 - centre) / radius);
      weights[pixel * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap += 1) weights[pixel * count + tap]! /= sum;
  }
  return { count, starts, weights };
}

/** As `scaleAcross` takes them: an even number of weights of 16 bits, which are as much as {@link FULL_WEIGHT} together. */
function columnTaps({ count, starts, weights }: Taps, columns: number, flipped: boolean): [Int32Array, Int16Array] {
  const side = starts.length;
  const even = count + (count % 2);
  const [columnStarts, columnWeights] = [new Int32Array(columns), new Int16Array(columns * even)];
  for (let column = 0; column < side; column += 1) {
    const pixel = flipped ? side - 1 - column : column;
    columnStarts[column] = starts[pixel]! * 3;
    let left = FULL_WEIGHT;
    let heaviest = column * even;
    for (let tap = 0; tap < count; tap += 1) {
      const place = column * even + tap;
      const weight = Math.round(weights[pixel * count + tap]! * FULL_WEIGHT);
      columnWeights[place] = weight;
      left -= weight;
      if (weight > columnWeights[heaviest]!) heaviest = place;
    }
    columnWeights[heaviest]! += left;
  }
  return [columnStarts, columnWeights];
}
