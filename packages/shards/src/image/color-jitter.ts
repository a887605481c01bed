import type { Random } from '../random.ts';
import type { Augmentation } from './image-spec.ts';

/** ITU-R BT.601 luma, as torchvision rounds it. */
const LUMA = [0.2989, 0.587, 0.114] as const;

/**
 * Changes brightness, contrast, saturation and hue by random amounts in random order, in place, as torchvision's ColorJitter
 * does to a tensor of floats.
 * @param pixels RGB in 0..1, [pixels, 3]
 */
export function jitterColors(pixels: Float32Array, jitter: NonNullable<Augmentation['colorJitter']>, random: Random): void {
  const factor = (range: number): number => random.between(Math.max(0, 1 - range), 1 + range);
  const [brightness, contrast, saturation] = [factor(jitter.brightness), factor(jitter.contrast), factor(jitter.saturation)];
  const hue = random.between(-jitter.hue, jitter.hue);
  const changes = [
    (): void => scaleBrightness(pixels, brightness),
    (): void => scaleContrast(pixels, contrast),
    (): void => scaleSaturation(pixels, saturation),
    (): void => turnHue(pixels, hue),
  ];
  while (changes.length > 0) changes.splice(random.below(changes.length), 1)[0]!();
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);
const lumaAt = (pixels: Float32Array, at: number): number =>
  LUMA[0] * pixels[at]! + LUMA[1] * pixels[at + 1]! + LUMA[2] * pixels[at + 2]!;

export function scaleBrightness(pixels: Float32Array, factor: number): void {
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = clamp(pixels[at]! * factor);
}

/** Away from, or towards, the mean grey of the picture. */
export function scaleContrast(pixels: Float32Array, factor: number): void {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) sum += lumaAt(pixels, at);
  const base = (1 - factor) * (sum / (pixels.length / 3));
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = clamp(pixels[at]! * factor + base);
}

/** Away from, or towards, each pixel's own grey. */
export function scaleSaturation(pixels: Float32Array, factor: number): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const base = (1 - factor) * lumaAt(pixels, at);
    for (let channel = at; channel < at + 3; channel += 1) pixels[channel] = clamp(pixels[channel]! * factor + base);
  }
}

/** Turns the hue in HSV. @param turn 1 is a full turn */
export function turnHue(pixels: Float32Array, turn: number): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at]!;
    const green = pixels[at + 1]!;
    const blue = pixels[at + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    const sector =
      value === red ? (green - blue) / chroma : value === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
    const hue = sector + turn * 6;
    pixels[at] = value - chroma * hueWeight(5 + hue);
    pixels[at + 1] = value - chroma * hueWeight(3 + hue);
    pixels[at + 2] = value - chroma * hueWeight(1 + hue);
  }
}

/** HSV to RGB without cases: a channel is value − chroma · max(0, min(k, 4 − k, 1)), k = (n + hue) mod 6, n = 5, 3, 1. */
function hueWeight(sector: number): number {
  const k = sector - Math.floor(sector / 6) * 6;
  return clamp(Math.min(k, 4 - k));
}

export function makeGrey(pixels: Float32Array): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const luma = lumaAt(pixels, at);
    pixels[at] = luma;
    pixels[at + 1] = luma;
    pixels[at + 2] = luma;
  }
}
