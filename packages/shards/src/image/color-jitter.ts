import type { Random } from '../random.ts';
import type { Augmentation } from './image-spec.ts';

/** ITU-R BT.601 luma, as torchvision rounds it. */
const LUMA = [0.2989, 0.587, 0.114] as const;

/** One change of all colours of a picture; `by` is a factor, or the part of a full turn for the hue. */
export interface ColorChange {
  what: 'brightness' | 'contrast' | 'saturation' | 'hue';
  by: number;
}

/** What a byte will become when it is next read: changes that treat all values alike are done there, not in the pixels. */
export type Tones = Uint8ClampedArray; // [256]

/** Draws changes of brightness, contrast, saturation and hue, and their order, as torchvision's ColorJitter does. */
export function drawChanges(jitter: NonNullable<Augmentation['colorJitter']>, random: Random): ColorChange[] {
  const factor = (range: number): number => random.between(Math.max(0, 1 - range), 1 + range);
  const changes: ColorChange[] = [
    { what: 'brightness', by: factor(jitter.brightness) },
    { what: 'contrast', by: factor(jitter.contrast) },
    { what: 'saturation', by: factor(jitter.saturation) },
    { what: 'hue', by: random.between(-jitter.hue, jitter.hue) },
  ];
  const order: ColorChange[] = [];
  while (changes.length > 0) order.push(...changes.splice(random.below(changes.length), 1));
  return order;
}

/**
 * Changes colours as torchvision's functions do to a picture of floats, but rounded to bytes after each change.
 * @param pixels [pixels, 3], changed in place
 * @returns what is still to be done to each value
 */
export function changeColors(pixels: Uint8ClampedArray, changes: readonly ColorChange[]): Tones {
  let tones: Tones = Uint8ClampedArray.from({ length: 256 }, (_, value) => value);
  for (const { what, by } of changes) {
    if (what === 'brightness') tones = tones.map((value) => value * by);
    else if (what === 'contrast') {
      const base = (1 - by) * meanLuma(pixels, tones);
      tones = tones.map((value) => value * by + base);
    } else {
      if (what === 'saturation') scaleSaturation(pixels, tones, by);
      else turnHue(pixels, tones, by);
      tones = Uint8ClampedArray.from(tones.keys());
    }
  }
  return tones;
}

function meanLuma(pixels: Uint8ClampedArray, tones: Tones): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    red += tones[pixels[at]!]!;
    green += tones[pixels[at + 1]!]!;
    blue += tones[pixels[at + 2]!]!;
  }
  return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / (pixels.length / 3);
}

/** Away from, or towards, each pixel's own grey. */
function scaleSaturation(pixels: Uint8ClampedArray, tones: Tones, factor: number): void {
  const [redShare, greenShare, blueShare] = LUMA.map((share) => share * (1 - factor)) as [number, number, number];
  for (let at = 0; at < pixels.length; at += 3) {
    const red = tones[pixels[at]!]!;
    const green = tones[pixels[at + 1]!]!;
    const blue = tones[pixels[at + 2]!]!;
    const base = redShare * red + greenShare * green + blueShare * blue;
    pixels[at] = red * factor + base;
    pixels[at + 1] = green * factor + base;
    pixels[at + 2] = blue * factor + base;
  }
}

/** Turns the hue in HSV. @param turn at most one full turn, which is 1 */
function turnHue(pixels: Uint8ClampedArray, tones: Tones, turn: number): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const red = tones[pixels[at]!]!;
    const green = tones[pixels[at + 1]!]!;
    const blue = tones[pixels[at + 2]!]!;
    const most = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
    const least = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
    const chroma = most - least;
    if (chroma === 0) {
      pixels[at] = most;
      pixels[at + 1] = most;
      pixels[at + 2] = most;
      continue;
    }
    let hue =
      turn * 6 +
      (most === red ? (green - blue) / chroma : most === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma);
    if (hue < 0) hue += 6;
    else if (hue >= 6) hue -= 6;
    const sector = hue | 0;
    const within = chroma * (hue - sector);
    const rising = least + within;
    const falling = most - within;
    pixels[at] = sector === 0 || sector === 5 ? most : sector === 1 ? falling : sector === 4 ? rising : least;
    pixels[at + 1] = sector === 1 || sector === 2 ? most : sector === 3 ? falling : sector === 0 ? rising : least;
    pixels[at + 2] = sector === 3 || sector === 4 ? most : sector === 5 ? falling : sector === 2 ? rising : least;
  }
}

/** Bytes to RGB in 0..1. */
export function toUnit(pixels: Uint8ClampedArray, tones: Tones, target: Float32Array): void {
  const units = Float32Array.from(tones, (value) => value / 255);
  for (let at = 0; at < pixels.length; at += 1) target[at] = units[pixels[at]!]!;
}

/** Each pixel's luma in all channels, in 0..1. */
export function toGrey(pixels: Uint8ClampedArray, tones: Tones, target: Float32Array): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const luma = LUMA[0] * tones[pixels[at]!]! + LUMA[1] * tones[pixels[at + 1]!]! + LUMA[2] * tones[pixels[at + 2]!]!;
    target[at] = luma / 255;
    target[at + 1] = luma / 255;
    target[at + 2] = luma / 255;
  }
}
