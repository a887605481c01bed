import { describe, expect, it } from 'vitest';
import { formatInstant, formatPercent, formatSeconds, formatShare, formatValue } from './format.ts';

describe(formatSeconds, () => {
  it.each([
    [0.04, '0.0 s'],
    [9.5, '9.5 s'],
    [42.4, '42 s'],
    [59.6, '60 s'],
    [187, '3 min 07 s'],
    [3599.7, '1 h 00 min'],
    [3900, '1 h 05 min'],
    [Number.NaN, '–'],
  ])('writes %d as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('numbers that are none', () => {
  it('become a dash', () => {
    expect([formatPercent(Number.NaN), formatShare(0, 0), formatValue(Infinity), formatInstant(Number.NaN)]).toEqual([
      '–',
      '–',
      '–',
      '–',
    ]);
  });
});
