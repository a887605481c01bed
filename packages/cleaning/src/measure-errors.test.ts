import { describe, expect, test } from 'vitest';
import { measureErrors } from './measure-errors.ts';
import { RULES } from './rules/rule-table.ts';

const MIN_CASES = 40;
/** What the user is promised of personal data, page words and marks; names are harder. */
const [MIN_PRECISION, MIN_RECALL] = [0.98, 0.95];
const [MIN_NAME_PRECISION, MIN_NAME_RECALL] = [0.95, 0.9];

const measured = measureErrors();

describe(measureErrors, () => {
  test.each(measured.map((errors) => [errors.rule, errors] as const))('%s errs as rarely as promised', (rule, errors) => {
    expect(errors.positives).toBeGreaterThanOrEqual(MIN_CASES);
    expect(errors.negatives).toBeGreaterThanOrEqual(MIN_CASES);
    const [minPrecision, minRecall] = rule === 'names' ? [MIN_NAME_PRECISION, MIN_NAME_RECALL] : [MIN_PRECISION, MIN_RECALL];
    for (const { precision, recall, wrong } of errors.heldOut === null ? [errors] : [errors, errors.heldOut]) {
      expect(precision, JSON.stringify(wrong)).toBeGreaterThanOrEqual(minPrecision);
      expect(recall, JSON.stringify(wrong)).toBeGreaterThanOrEqual(minRecall);
    }
  });

  test('covers every rule on texts', () => {
    const units = new Set(['rewrite', 'text']);
    const onTexts = RULES.filter(({ unit }) => units.has(unit)).map(({ name }) => name);
    expect(measured.map(({ rule }) => rule)).toEqual(onTexts.sort());
  });
});
