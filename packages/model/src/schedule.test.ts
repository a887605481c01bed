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

  it('falls by a factor at each milestone', () => {
    const falling: Schedule = { ...schedule, kind: 'step', milestones: [6, 9], milestoneFactor: 0.5 };
    expect([3, 5, 6, 8, 9, 12].map((step) => learningRateAt(step, falling))).toEqual([0.4, 0.4, 0.2, 0.2, 0.1, 0.1]);
    expect(learningRateAt(9, { ...schedule, kind: 'step', milestones: [6] })).toBeCloseTo(0.04);
  });

  it('stays where it is when constant', () => {
    expect(learningRateAt(11, { ...schedule, kind: 'constant' })).toBe(0.4);
  });
});
