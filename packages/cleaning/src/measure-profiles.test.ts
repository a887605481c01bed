import { describe, expect, test } from 'vitest';
import { measureProfiles } from './measure-profiles.ts';

/** Beside the goals of single rules, as a whole recipe has to get the whole text right. */
const [MIN_PRECISION, MIN_RECALL] = [0.97, 0.95];
const [MIN_HELD_OUT_PRECISION, MIN_HELD_OUT_RECALL] = [0.95, 0.9];

describe(measureProfiles, () => {
  test.each(measureProfiles('tuned').map((errors) => [errors.kind, errors] as const))(
    'whole recipes err rarely on texts with %s',
    (_kind, { precision, recall, wrong }) => {
      expect(precision, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_PRECISION);
      expect(recall, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_RECALL);
    },
  );

  test.each(measureProfiles('heldOut').map((errors) => [errors.kind, errors] as const))(
    'and on those held out, with %s',
    (_kind, { precision, recall, wrong }) => {
      expect(precision, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_HELD_OUT_PRECISION);
      expect(recall, JSON.stringify(wrong)).toBeGreaterThanOrEqual(MIN_HELD_OUT_RECALL);
    },
  );

  test('covers personal data, marks, phrases and ordinary texts', () => {
    const kinds = measureProfiles('heldOut').map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['names', 'phones', 'accounts', 'ui-phrases', 'weibo-marks', 'ordinary']));
  });
});
