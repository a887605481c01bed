import { describe, expect, it } from 'vitest';
import torchvision from './fixtures/torchvision.json' with { type: 'json' };
import { takeOut } from './kernels.ts';
import { areaOf, resample, WHOLE } from './resample.ts';
import type { RgbImage, View } from './resample.ts';

const { width, height, side } = torchvision;
const picture: RgbImage = {
  width,
  height,
  part: { left: 0, top: 0, width, height },
  pixels: Uint8Array.from(torchvision.pixels),
};

function scaled(image: RgbImage, view: View): number[] {
  const target = new Float32Array(side * side * 3);
  takeOut(resample(image, view, side), target);
  return [...target].map((value) => value * 255);
}

const rowsOf = (values: number[]): number[][] =>
  Array.from({ length: side }, (_, row) => values.slice(row * side * 3, (row + 1) * side * 3));

function cut({ pixels }: RgbImage, part: RgbImage['part']): RgbImage {
  const kept = new Uint8Array(part.width * part.height * 3);
  for (let row = 0; row < part.height; row += 1) {
    const start = ((part.top + row) * width + part.left) * 3;
    kept.set(pixels.subarray(start, start + part.width * 3), row * part.width * 3);
  }
  return { width, height, part, pixels: kept };
}

describe(resample, () => {
  it('scales as Pillow does, which rounds between the two directions', () => {
    const ours = scaled(picture, WHOLE);
    expect(Math.max(...torchvision.whole[0]!.pixels.map((value, at) => Math.abs(value - ours[at]!)))).toBeLessThan(1.1);
  });

  it('flips left for right', () => {
    const view = { left: 0.1, top: 0, width: 0.6, height: 0.9, flipped: false };
    const plain = scaled(picture, view);
    const flipped = scaled(picture, { ...view, flipped: true });
    for (let row = 0; row < side; row += 1) {
      for (let value = 0; value < side * 3; value += 1) {
        const mirrored = (row * side + side - 1 - Math.floor(value / 3)) * 3 + (value % 3);
        expect(flipped[row * side * 3 + value]).toBeCloseTo(plain[mirrored]!, 4);
      }
    }
  });

  it('repeats the border where the view goes past it', () => {
    const [first, ...others] = rowsOf(scaled(picture, { left: 0, top: -2, width: 1, height: 1, flipped: false }));
    for (const row of others) expect(row).toEqual(first);
    expect(first).toEqual(rowsOf(scaled(picture, { left: 0, top: -9, width: 1, height: 1, flipped: false }))[0]);
  });
});

describe(areaOf, () => {
  it.each([
    WHOLE,
    { left: 0.3, top: 0.2, width: 0.5, height: 0.4, flipped: false },
    { left: 0.41, top: 0.77, width: 0.1, height: 0.05, flipped: true },
    { left: -0.1, top: 0.5, width: 0.7, height: 0.6, flipped: false },
    { left: 1, top: -1.5, width: 0.5, height: 0.4, flipped: false },
  ])('holds all pixels that the view %j needs', (view) => {
    expect(scaled(cut(picture, areaOf(view, width, height, side)), view)).toEqual(scaled(picture, view));
  });
});
