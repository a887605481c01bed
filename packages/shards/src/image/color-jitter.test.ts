import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { changeColors, drawChanges, toGrey, toUnit } from './color-jitter.ts';
import type { ColorChange } from './color-jitter.ts';
import torchvision from './fixtures/torchvision.json' with { type: 'json' };

/** torchvision keeps floats from change to change; here each change ends in a byte, which a later one may enlarge. */
const ROUNDING = 3;
const cases = torchvision.jitter as { changes: ColorChange[]; pixels: number[] }[];
const named = cases.map(({ changes, pixels }) => ({
  name: changes.map(({ what, by }) => `${what} ${by}`).join(', '),
  changes,
  pixels,
}));

function expectNear(actual: Float32Array, expected: readonly number[], within: number): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...expected.map((value, at) => Math.abs(value - actual[at]! * 255)))).toBeLessThanOrEqual(within);
}

describe(changeColors, () => {
  it.each(named)('gives what torchvision gives: $name', ({ changes, pixels }) => {
    const bytes = Uint8ClampedArray.from(torchvision.pixels);
    const target = new Float32Array(bytes.length);
    toUnit(bytes, changeColors(bytes, changes), target);
    expectNear(target, pixels, changes.length === 1 ? 0.51 : ROUNDING);
  });

  it('makes grey as torchvision does', () => {
    const bytes = Uint8ClampedArray.from(torchvision.pixels);
    const target = new Float32Array(bytes.length);
    toGrey(bytes, changeColors(bytes, []), target);
    expectNear(target, torchvision.grey, 0.06);
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
