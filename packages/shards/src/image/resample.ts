/** An upright picture without alpha. */
export interface RgbImage {
  width: number;
  height: number;
  /** RGB in 0..1. */
  pixels: Float32Array; // [height, width, 3]
}

/** A rectangle in pixels of the source; it may reach past the border. */
export interface Window {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** For each output pixel: the source pixels that it is a mean of, and their weights. */
interface Taps {
  count: number;
  indices: Int32Array; // [side, count]
  weights: Float32Array; // [side, count]
}

export const wholeOf = ({ width, height }: RgbImage): Window => ({ left: 0, top: 0, width, height });

/**
 * Scales a window of a picture to side × side with the antialiased bilinear (triangle) filter, as Pillow and torchvision do.
 * Past the border its pixels are repeated.
 * @returns RGB in 0..1, [side, side, 3]
 */
export function resample(image: RgbImage, window: Window, side: number): Float32Array {
  const { width, height, pixels } = image;
  const whole = window.left === 0 && window.top === 0 && window.width === width && window.height === height;
  if (whole && width === side && height === side) return pixels;
  const across = tapsOf(window.left, window.width, width, side);
  const down = tapsOf(window.top, window.height, height, side);
  return scaleDown(scaleAcross(pixels, width, height, across, side), down, side);
}

function tapsOf(start: number, length: number, size: number, side: number): Taps {
  const step = length / side;
  const radius = Math.max(1, step);
  const count = Math.ceil(radius * 2);
  const indices = new Int32Array(side * count);
  const weights = new Float32Array(side * count);
  for (let pixel = 0; pixel < side; pixel += 1) {
    const centre = start + (pixel + 0.5) * step;
    const first = Math.ceil(centre - radius - 0.5);
    let sum = 0;
    for (let tap = 0; tap < count; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / radius);
      indices[pixel * count + tap] = Math.min(size - 1, Math.max(0, first + tap));
      weights[pixel * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap += 1) weights[pixel * count + tap]! /= sum;
  }
  return { count, indices, weights };
}

function scaleAcross(pixels: Float32Array, width: number, height: number, taps: Taps, side: number): Float32Array {
  const scaled = new Float32Array(height * side * 3);
  for (let row = 0, target = 0; row < height; row += 1) {
    const start = row * width * 3;
    for (let column = 0; column < side; column += 1, target += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = column * taps.count, end = tap + taps.count; tap < end; tap += 1) {
        const weight = taps.weights[tap]!;
        const source = start + taps.indices[tap]! * 3;
        red += weight * pixels[source]!;
        green += weight * pixels[source + 1]!;
        blue += weight * pixels[source + 2]!;
      }
      scaled[target] = red;
      scaled[target + 1] = green;
      scaled[target + 2] = blue;
    }
  }
  return scaled; // [height, side, 3]
}

function scaleDown(pixels: Float32Array, taps: Taps, side: number): Float32Array {
  const scaled = new Float32Array(side * side * 3);
  const stride = side * 3;
  for (let row = 0; row < side; row += 1) {
    const target = row * stride;
    for (let tap = row * taps.count, end = tap + taps.count; tap < end; tap += 1) {
      const weight = taps.weights[tap]!;
      if (weight === 0) continue;
      const source = taps.indices[tap]! * stride;
      for (let value = 0; value < stride; value += 1) scaled[target + value]! += weight * pixels[source + value]!;
    }
  }
  return scaled; // [side, side, 3]
}
