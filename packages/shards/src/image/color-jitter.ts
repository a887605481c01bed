import type { Random } from '../random.ts';
import type { Augmentation } from './image-spec.ts';
import { kernels } from './kernels.ts';
import type { Canvas } from './kernels.ts';

/** One change of all colours of a picture; `by` is a factor, or the part of a full turn for the hue. */
export interface ColorChange {
  what: 'brightness' | 'contrast' | 'saturation' | 'hue';
  by: number;
}

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

/** Changes colours in place, as torchvision's functions do to a picture of floats. */
export function changeColors(canvas: Canvas, changes: readonly ColorChange[]): void {
  const { at, end, plane } = canvas;
  for (const { what, by } of changes) {
    if (what === 'brightness') kernels.scaleValues(at, end, by, 0);
    else if (what === 'contrast') kernels.scaleValues(at, end, by, (1 - by) * meanLuma(canvas));
    else if (what === 'saturation') kernels.blendWithLuma(at, end, plane, by);
    else kernels.turnHue(at, end, plane, by * 6);
  }
}

export const makeGrey = ({ at, end, plane }: Canvas): void => kernels.blendWithLuma(at, end, plane, 0);

const meanLuma = ({ at, end, plane, side }: Canvas): number => kernels.sumLuma(at, end, plane, side) / (side * side);
