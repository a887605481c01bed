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
  /** A multiple of {@link GROUP}; what fills it up weighs nothing. */
  count: number;
  indices: Int32Array; // [side, count]
  weights: Float64Array; // [side, count]
}

/** Taps are added up four at a time, which makes the loops half as long. */
const GROUP = 4;

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
 * @param target [side, side, 3]; floats become RGB in 0..1, bytes are rounded
 */
export function resample(image: RgbImage, view: View, side: number, target: Float32Array | Uint8ClampedArray): void {
  const { part, pixels } = image;
  const across = tapsOf(view.left * image.width, view.width * image.width, image.width, side);
  const down = tapsOf(view.top * image.height, view.height * image.height, image.height, side);
  if (view.flipped) mirror(across);
  lieWithin(across, part.left, part.width, 3);
  lieWithin(down, part.top, part.height, side * 3);
  if (target instanceof Float32Array) for (const tap of down.weights.keys()) down.weights[tap]! /= 255;
  scaleDown(scaleAcross(pixels, part, across, side), down, side, target);
}

function tapsOf(start: number, length: number, size: number, side: number): Taps {
  const step = length / side;
  const radius = Math.max(1, step);
  const count = Math.ceil(Math.ceil(radius * 2) / GROUP) * GROUP;
  const indices = new Int32Array(side * count);
  const weights = new Float64Array(side * count);
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

/** Kept from picture to picture, since memory fresh from the system costs more than what is done in it. */
let scratch = new Float32Array(0);

function scaleAcross(pixels: Uint8Array, { width, height }: PixelArea, taps: Taps, side: number): Float32Array {
  const { count, indices, weights } = taps;
  if (scratch.length < height * side * 3) scratch = new Float32Array(height * side * 3);
  const scaled = scratch;
  for (let row = 0, target = 0; row < height; row += 1) {
    const start = row * width * 3;
    for (let tap = 0; tap < indices.length; target += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (const end = tap + count; tap < end; tap += GROUP) {
        const a = weights[tap]!;
        const b = weights[tap + 1]!;
        const c = weights[tap + 2]!;
        const d = weights[tap + 3]!;
        const at = start + indices[tap]!;
        const bt = start + indices[tap + 1]!;
        const ct = start + indices[tap + 2]!;
        const dt = start + indices[tap + 3]!;
        red += a * pixels[at]! + b * pixels[bt]! + c * pixels[ct]! + d * pixels[dt]!;
        green += a * pixels[at + 1]! + b * pixels[bt + 1]! + c * pixels[ct + 1]! + d * pixels[dt + 1]!;
        blue += a * pixels[at + 2]! + b * pixels[bt + 2]! + c * pixels[ct + 2]! + d * pixels[dt + 2]!;
      }
      scaled[target] = red;
      scaled[target + 1] = green;
      scaled[target + 2] = blue;
    }
  }
  return scaled; // [height, side, 3]
}

function scaleDown(pixels: Float32Array, taps: Taps, side: number, target: Float32Array | Uint8ClampedArray): void {
  const { count, indices, weights } = taps;
  const stride = side * 3;
  const line = new Float64Array(stride);
  for (let row = 0; row < side; row += 1) {
    line.fill(0);
    for (let tap = row * count, end = tap + count; tap < end; tap += GROUP) {
      const a = weights[tap]!;
      const b = weights[tap + 1]!;
      const c = weights[tap + 2]!;
      const d = weights[tap + 3]!;
      const at = indices[tap]!;
      const bt = indices[tap + 1]!;
      const ct = indices[tap + 2]!;
      const dt = indices[tap + 3]!;
      for (let value = 0; value < stride; value += 1)
        line[value]! += a * pixels[at + value]! + b * pixels[bt + value]! + c * pixels[ct + value]! + d * pixels[dt + value]!;
    }
    target.set(line, row * stride); // rounds half to even where the target holds bytes
  }
}
