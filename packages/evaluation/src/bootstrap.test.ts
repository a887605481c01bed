import { describe, expect, it } from 'vitest';
import { oneToOne, withScores } from '../test/matrices.ts';
import { recallIntervals } from './bootstrap.ts';
import { retrieval } from './retrieval.ts';
import { seededRandom } from './seeded-random.ts';

const options = { seed: 1, resamples: 1000, confidence: 0.95 };
const halfRight = (queries: number): { groups: Int32Array; ranks: Uint32Array } => ({
  groups: Int32Array.from({ length: queries }, (_, i) => i),
  ranks: Uint32Array.from({ length: queries }, (_, i) => (i % 2 === 0 ? 1 : 50)),
});

describe(recallIntervals, () => {
  it('is as wide as the binomial says for independent queries', () => {
    const [interval] = recallIntervals(halfRight(1000), halfRight(1000), 1000, [10], options);
    const halfWidth = 1.96 * 100 * Math.sqrt(0.25 / 1000); // 3.1 points
    expect(interval!.i2t.low).toBeGreaterThan(50 - halfWidth * 1.15);
    expect(interval!.i2t.low).toBeLessThan(50 - halfWidth * 0.85);
    expect(interval!.i2t.high).toBeLessThan(50 + halfWidth * 1.15);
    expect(interval!.i2t.high).toBeGreaterThan(50 + halfWidth * 0.85);
    // The two directions of this example hit and miss together: their mean is no more certain than either.
    expect(interval!.mean).toEqual(interval!.i2t);
  });

  it('draws queries of one group together, which widens the interval', () => {
    const captions = {
      groups: Int32Array.from({ length: 1000 }, (_, i) => Math.floor(i / 5)),
      ranks: Uint32Array.from({ length: 1000 }, (_, i) => (Math.floor(i / 5) % 2 === 0 ? 1 : 50)),
    };
    const [tied] = recallIntervals(captions, captions, 200, [10], options);
    const [free] = recallIntervals(halfRight(1000), halfRight(1000), 1000, [10], options);
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(tied!.t2i) / width(free!.t2i)).toBeCloseTo(Math.sqrt(5), 0);
  });

  it('depends on the seed and on nothing else', () => {
    const run = (seed: number): unknown => recallIntervals(halfRight(997), halfRight(997), 997, [1, 10], { ...options, seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('holds every recall of a result and gives none for a single group', async () => {
    const random = seededRandom(3);
    const scores = Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (__, j) => random() + (i === j ? 0.4 : 0)));
    const result = await retrieval({ ...withScores(scores), truth: oneToOne(40), captionPolicy: 'one' });
    for (const entry of [...result.i2t.recall, ...result.t2i.recall, ...result.mean]) {
      expect(entry.interval!.low).toBeLessThanOrEqual(entry.percent);
      expect(entry.interval!.high).toBeGreaterThanOrEqual(entry.percent);
    }
    const one = await retrieval({ ...withScores([[1, 0.5]]), truth: [[0], [0]], captionPolicy: 'two' });
    expect(one.mean[0]!.interval).toBeNull();
    const none = await retrieval({ ...withScores(scores), truth: oneToOne(40), captionPolicy: 'one', bootstrap: null });
    expect(none.mean[0]!.interval).toBeNull();
    expect(none.conditions.interval).toBeNull();
  });
});

describe(seededRandom, () => {
  it('is uniform enough to resample with', () => {
    const random = seededRandom(0);
    const bins = new Float64Array(16);
    for (let i = 0; i < 160_000; i++) bins[Math.floor(random() * 16)]! += 1;
    // Chi-square with 15 degrees of freedom: 99.9 % lie below 37.7.
    expect(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(37.7);
  });
});
