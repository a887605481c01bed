import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { changeColors, drawChanges, makeGrey } from './color-jitter.ts';
import type { ColorChange } from './color-jitter.ts';
import torchvision from './fixtures/torchvision.json' with { type: 'json' };
import { takeOut } from './kernels.ts';
import type { Canvas } from './kernels.ts';
import { resample, WHOLE } from './resample.ts';

const SIDE = 11;
/** Of 255 levels: the fixture has three decimals. */
const ROUNDING = 0.002;
const cases = torchvision.jitter as { changes: ColorChange[]; pixels: number[] }[];
const named = cases.map(({ changes, pixels }) => ({
  name: changes.map(({ what, by }) => `${what} ${by}`).join(', '),
  changes,
  pixels,
}));

function changed(change: (canvas: Canvas) => void): Float32Array {
  const whole = { width: SIDE, height: SIDE };
  const canvas = resample(
    { ...whole, part: { left: 0, top: 0, ...whole }, pixels: Uint8Array.from(torchvision.pixels) },
    WHOLE,
    SIDE,
  );
  change(canvas);
  const target = new Float32Array(SIDE * SIDE * 3);
  takeOut(canvas, target);
  return target;
}

function expectNear(actual: Float32Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...expected.map((value, at) => Math.abs(value - actual[at]! * 255)))).toBeLessThan(ROUNDING);
}

describe(changeColors, () => {
  it.each(named)('gives what torchvision gives: $name', ({ changes, pixels }) => {
    expectNear(
      changed((canvas) => changeColors(canvas, changes)),
      pixels,
    );
  });

  it('makes grey as torchvision does', () => {
    // torchvision 0.29 has luma weights of four digits, 0.2989, 0.587 and 0.114.
    expectNear(changed(makeGrey), torchvision.grey);
  });
});

describe(drawChanges, () => {
  it('draws each change once, within its range, in an order of its own', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 300; seed += 1) {
      const changes = drawChanges(
        { brightness: 0.4, contrast: 0.3, saturation: 1.5, hue: 0.1, probability: 1 },
        seededRandom(seed),
      );
      orders.add(changes.map(({ what }) => what).join());
      const by = Object.fromEntries(changes.map((change) => [change.what, change.by]));
      expect(Math.abs(by['brightness']! - 1)).toBeLessThanOrEqual(0.4);
      expect(Math.abs(by['contrast']! - 1)).toBeLessThanOrEqual(0.3);
      expect(by['saturation']).toBeGreaterThanOrEqual(0);
      expect(Math.abs(by['hue']!)).toBeLessThanOrEqual(0.1);
    }
    expect(orders.size).toBe(24);
  });
});
