import type { Random } from '../random.ts';
import { jitterColors, makeGrey } from './color-jitter.ts';
import type { Augmentation } from './image-spec.ts';
import { resample, wholeOf } from './resample.ts';
import type { RgbImage, Window } from './resample.ts';

const ASPECTS = [3 / 4, 4 / 3] as const;

/**
 * Brings a picture to side × side, changed at random.
 * @param random draws in an order that depends on nothing but the augmentation
 * @returns RGB in 0..1, [side, side, 3]
 */
export function augment(image: RgbImage, side: number, augmentation: Augmentation, random: Random): Float32Array {
  const pixels = resample(image, drawWindow(image, augmentation, random), side);
  const { colorJitter, greyProbability } = augmentation;
  if (colorJitter !== undefined && random.uniform() < colorJitter.probability) jitterColors(pixels, colorJitter, random);
  if (greyProbability !== undefined && random.uniform() < greyProbability) makeGrey(pixels);
  return pixels;
}

/** How many pixels a side a picture needs so that its smallest window still has `side` of them. */
export const sideBeforeCrop = (side: number, { crop }: Augmentation): number =>
  crop === undefined ? side : Math.ceil(side / Math.sqrt(crop.minScale));

function drawWindow(image: RgbImage, { crop, shift }: Augmentation, random: Random): Window {
  const window = wholeOf(image);
  if (crop !== undefined) {
    const scale = random.between(crop.minScale, 1);
    const aspect = Math.exp(random.between(Math.log(ASPECTS[0]), Math.log(ASPECTS[1])));
    window.width = Math.min(1, Math.sqrt(scale * aspect)) * image.width;
    window.height = Math.min(1, Math.sqrt(scale / aspect)) * image.height;
    window.left = random.between(0, image.width - window.width);
    window.top = random.between(0, image.height - window.height);
  }
  if (shift !== undefined) {
    window.left += window.width * random.between(-shift.maxFraction, shift.maxFraction);
    window.top += window.height * random.between(-shift.maxFraction, shift.maxFraction);
  }
  return window;
}
