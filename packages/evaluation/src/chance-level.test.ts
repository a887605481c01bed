import { describe, expect, it } from 'vitest';
import { chanceLevel } from './chance-level.ts';
import { seededRandom } from './seeded-random.ts';

describe(chanceLevel, () => {
  it('is k / gallery with one right answer', () => {
    expect(chanceLevel([1, 1, 1], 500, 10)).toBeCloseTo(2, 12);
  });

  it('is 1 - C(g-m, k) / C(g, k) with several', () => {
    // C(8, 3) / C(10, 3) = 56 / 120
    expect(chanceLevel([2], 10, 3)).toBeCloseTo(100 * (1 - 56 / 120), 12);
    expect(chanceLevel([2, 1], 10, 3)).toBeCloseTo((100 * (1 - 56 / 120) + 30) / 2, 12);
  });

  it('is certain once the first k must hold a right answer', () => {
    expect(chanceLevel([3], 5, 3)).toBe(100);
    expect(chanceLevel([1], 5, 5)).toBe(100);
    expect(chanceLevel([1], 5, 50)).toBe(100);
    expect(chanceLevel([5], 5, 1)).toBe(100);
  });

  it('is what shuffling finds', () => {
    const random = seededRandom(7);
    const gallery = 40;
    const right = [1, 2, 5, 5, 9];
    const trials = 20_000;
    let hits = 0;
    for (let trial = 0; trial < trials; trial++) {
      const relevant = right[trial % right.length]!;
      const order = Array.from({ length: gallery }, (_, row) => row);
      for (let i = 0; i < 5; i++) {
        const j = i + Math.floor(random() * (gallery - i));
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      if (order.slice(0, 5).some((row) => row < relevant)) hits += 1;
    }
    // Four standard errors of 20,000 draws are 1.4 points.
    expect(Math.abs((100 * hits) / trials - chanceLevel(right, gallery, 5))).toBeLessThan(1.4);
  });
});
