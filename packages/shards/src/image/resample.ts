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

/** For each output pixel: where the source pixels lie that it is a mean of, and their weights. */
interface Taps {
  count: number;
  indices: Int32Array; // [side, count]
  weights: Float32Array; // [side, count]
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
  const across = tapsOf(view.left * image.width, view.width * image.width, image.width, side);
  const down = tapsOf(view.top * image.height, view.height * image.height, image.height, side);
  if (view.flipped) mirror(across);
  lieWithin(across, part.left, part.width, 3);
  lieWithin(down, part.top, part.height, side * PIXEL_BYTES);
  for (const tap of down.weights.keys()) down.weights[tap]! /= 255;

  const sizes = [across.indices, across.weights, down.indices, down.weights].map(({ byteLength }) => byteLength);
  const places = [...sizes, pixels.byteLength, part.height * side * PIXEL_BYTES, side * side * PIXEL_BYTES].reduce(
    (ends, bytes) => [...ends, align(ends.at(-1)! + bytes)],
    [0],
  );
  const [acrossIndices, acrossWeights, downIndices, downWeights, source, scaled, at, end] = places as Places;
  reserve(end + PIXEL_BYTES);
  const { buffer } = kernels.memory;
  new Int32Array(buffer, acrossIndices).set(across.indices);
  new Float32Array(buffer, acrossWeights).set(across.weights);
  new Int32Array(buffer, downIndices).set(down.indices);
  new Float32Array(buffer, downWeights).set(down.weights);
  new Uint8Array(buffer, source).set(pixels);
  kernels.scaleAcross(source, part.height, part.width * 3, acrossIndices, acrossWeights, across.count, side, scaled);
  kernels.scaleDown(scaled, downIndices, downWeights, down.count, side, at);
  return { at, end: at + side * side * PIXEL_BYTES };
}

/** Four floats. */
const PIXEL_BYTES = 16;
/** Kernels read some bytes past the last pixel. */
const align = (bytes: number): number => Math.ceil((bytes + PIXEL_BYTES) / PIXEL_BYTES) * PIXEL_BYTES;
type Places = [number, number, number, number, number, number, number, number];

function tapsOf(start: number, length: number, size: number, side: number): Taps {
  const step = length / side;
  const radius = Math.max(1, step);
  const count = Math.ceil(radius * 2);
  const indices = new Int32Array(side * count);
  const weights = new Float32Array(side * count);
  for (let pixel = 0; pixel < side; pixel += 1) {
    const centre = centreWithin(start + (pixel + 0.5) * step, size);
    const first = Math.ceil(centre - radius - 0.5);
    let sum = 0;
    for (let tap = 0; tap < count; tap += 1) {
      const index = Math.min(size - 1, Math.max(0, first + tap));
      const weight = index === first + tap ? Math.max(0, 1 - Math.abs(index + 0.5 - centre) / radius) : 0;
      indices[pixel * count + tap] = index;
      weights[pixel * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap += 1) weights[pixel * count + tap]! /= sum;
  }
  return { count, indices, weights };
}

function mirror({ indices, weights }: Taps): void {
  // What one pixel is a mean of has no order, so all may be turned round at once.
  indices.reverse();
  weights.reverse();
}

/** From pixels of the whole picture to places in the part of it that is there. */
function lieWithin({ indices }: Taps, start: number, length: number, stride: number): void {
  for (const [tap, index] of indices.entries()) indices[tap] = Math.min(length - 1, Math.max(0, index - start)) * stride;
}
