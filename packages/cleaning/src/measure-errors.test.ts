import { describe, expect, test } from 'vitest';
import { measureErrors } from './measure-errors.ts';

const MIN_CASES = 40;
const MIN_PRECISION = 0.98;
const MIN_RECALL = 0.95;

describe(measureErrors, () => {
  test.each(measureErrors().map((errors) => [errors.rule, errors] as const))('%s errs as rarely as promised', (_rule, errors) => {
    expect(errors.positives).toBeGreaterThanOrEqual(MIN_CASES);
    expect(errors.negatives).toBeGreaterThanOrEqual(MIN_CASES);
    const { precision, recall, wrong } = errors;
    expect(precision, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_PRECISION);
    expect(recall, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_RECALL);
  });

  test('covers the rules on personal data', () => {
    expect(measureErrors().map(({ rule }) => rule)).toEqual(['accounts', 'bank-cards', 'id-cards', 'plates']);
  });
});
