import type { Random } from '../random.ts';
import { changeColors, drawChanges, makeGrey } from './color-jitter.ts';
import type { ColorChange } from './color-jitter.ts';
import { decodeImage } from './decode-image.ts';
import type { Augmentation } from './image-spec.ts';
import { takeOut } from './kernels.ts';
import { resample, WHOLE } from './resample.ts';
import type { View } from './resample.ts';

const ASPECTS = [3 / 4, 4 / 3] as const;

/**
 * Decodes a picture and brings it to side × side, changed at random.
 * @param random draws in an order that depends on nothing but the augmentation
 * @param target becomes RGB in 0..1, [side, side, 3]
 * @returns what part of the picture is seen
 * @throws Error saying what is wrong with the picture
 */
export async function augment(
  image: Uint8Array,
  side: number,
  augmentation: Augmentation,
  random: Random,
  target: Float32Array,
): Promise<View> {
  const { colorJitter, greyProbability } = augmentation;
  const view = drawView(augmentation, random);
  const changes: ColorChange[] = [];
  if (colorJitter !== undefined && random.uniform() < colorJitter.probability) changes.push(...drawChanges(colorJitter, random));
  const isGrey = greyProbability !== undefined && random.uniform() < greyProbability;
  const decoded = await decodeImage(image, sideBeforeCrop(side, augmentation), view, side);
  const canvas = resample(decoded, view, side);
  changeColors(canvas, changes);
  if (isGrey) makeGrey(canvas);
  takeOut(canvas, target);
  return view;
}

/** How many pixels a side a picture needs so that its smallest window still has `side` of them. */
const sideBeforeCrop = (side: number, { crop }: Augmentation): number =>
  crop === undefined ? side : Math.ceil(side / Math.sqrt(crop.minScale));

function drawView({ crop, shift, flipProbability }: Augmentation, random: Random): View {
  const view = { ...WHOLE };
  if (crop !== undefined) {
    const scale = random.between(crop.minScale, 1);
    const aspect = Math.exp(random.between(Math.log(ASPECTS[0]), Math.log(ASPECTS[1])));
    view.width = Math.min(1, Math.sqrt(scale * aspect));
    view.height = Math.min(1, Math.sqrt(scale / aspect));
    view.left = random.between(0, 1 - view.width);
    view.top = random.between(0, 1 - view.height);
  }
  if (shift !== undefined) {
    view.left += view.width * random.between(-shift.maxFraction, shift.maxFraction);
    view.top += view.height * random.between(-shift.maxFraction, shift.maxFraction);
  }
  if (flipProbability !== undefined) view.flipped = random.uniform() < flipProbability;
  return view;
}
