import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from './schedule.ts';

const schedule: Schedule = { kind: 'cosine', learningRate: 0.4, warmupSteps: 4, steps: 12 };

describe(learningRateAt, () => {
  it('warms up linearly to the full rate', () => {
    expect([0, 1, 2, 3, 4].map((step) => learningRateAt(step, schedule))).toEqual([0.1, 0.2, expect.closeTo(0.3), 0.4, 0.4]);
  });

  it('falls by half a cosine to zero', () => {
    expect(learningRateAt(8, schedule)).toBeCloseTo(0.2);
    expect(learningRateAt(12, schedule)).toBeCloseTo(0);
  });

  it('stays where it is when constant', () => {
    expect(learningRateAt(11, { ...schedule, kind: 'constant' })).toBe(0.4);
  });
});
