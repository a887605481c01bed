import { describe, expect, it } from 'vitest';
import { boxShares, moveBoxes, squashBoxes } from './move-boxes.ts';
import type { Pair } from '../pair.ts';
import { WHOLE } from './resample.ts';

describe('boxes', () => {
  const shares = boxShares({ boxes: [[100, 50, 300, 100]], width: 400, height: 200 })!;

  it('are squashed with their picture', () => {
    expect([...moveBoxes(shares, WHOLE, 80)]).toEqual([20, 20, 60, 40]);
  });

  it('are cut off at the border of a crop, and mirrored with it', () => {
    const crop = { left: 0.5, top: 0, width: 0.5, height: 0.5, flipped: false };
    expect([...moveBoxes(shares, crop, 80)]).toEqual([0, 40, 40, 80]);
    expect([...moveBoxes(shares, { ...crop, flipped: true }, 80)]).toEqual([40, 40, 80, 80]);
  });

  it('are left out where less than a pixel of them is seen', () => {
    expect(moveBoxes(shares, { left: 0.749, top: 0, width: 0.25, height: 1, flipped: false }, 80)).toHaveLength(0);
    expect(moveBoxes(Float32Array.of(0.5, 0.5, 0.5, 0.9), WHOLE, 80)).toHaveLength(0);
  });

  it.each([
    { boxes: null, width: 400, height: 200 },
    { boxes: [], width: 400, height: 200 },
    { boxes: [[0, 0, 1, 1]] as Pair['boxes'], width: null, height: 200 },
  ])('are none of %j', (pair) => {
    expect(squashBoxes(pair, 80)).toBeNull();
  });
});
