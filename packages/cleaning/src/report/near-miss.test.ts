import { describe, expect, test } from 'vitest';
import { isNearMiss } from './near-miss.ts';

describe(isNearMiss, () => {
  test.each([
    ['the shortest text that is long enough', 2, (score: number) => score >= 2, true],
    ['a text of one character more than needed', 3, (score: number) => score >= 3, true],
    ['a length far from the bound', 20, (score: number) => score >= 2, false],
    ['as many words of sellers as are let pass', 2, (score: number) => score <= 2, true],
    ['a share just above the bound', 0.35, (score: number) => score >= 0.3, true],
    ['a share of 1, though it is a whole number', 1, (score: number) => score >= 0.3, false],
    ['no word at all', 0, (score: number) => score <= 0, false],
    ['no repetition', 0, (score: number) => score <= 0.5, false],
    ['what was not measured', Number.NaN, () => false, false],
  ])('%s', (_name, score, keep, expected) => {
    expect(isNearMiss(score, keep)).toBe(expected);
  });
});
