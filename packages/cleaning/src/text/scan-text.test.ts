import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CASES_EXTENSION, CASES_FOLDER, readCases } from '../error-rates.ts';
import { adverts } from '../rules/adverts.ts';
import { normalize } from '../rules/normalize.ts';
import { repetition } from '../rules/repetition.ts';
import { uiPhrases } from '../rules/ui-phrases.ts';
import { weiboMarks } from '../rules/weibo-marks.ts';
import { CHARACTER, scanText } from './scan-text.ts';

const strings = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value !== null && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
/** Everything that the package has labelled. */
const texts = readdirSync(CASES_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(CASES_EXTENSION))
  .flatMap((file) => strings(readCases(join(CASES_FOLDER, file), z.unknown())));
const context = { kind: 'post', source: 'weibo' } as const;

describe(scanText, () => {
  test('counts what there is', () => {
    expect(scanText('图1：IMG_2024 电话 010-6234 5678')).toMatchObject({
      han: 3,
      digits: 16,
      words: 6,
      numbers: 5,
      longestWord: 8,
      longestNumber: 11,
    });
    expect(scanText('')).toMatchObject({ classes: 0, phrases: 0, han: 0, longestNumber: 0, mayHaveName: false });
  });

  test.each([
    ['记者王芳报道', true],
    ['欧阳雪在跳舞', true],
    ['摄影：高峰', true],
    ['长城秋色', false],
  ])('%s may hold a name: %s', (text, expected) => {
    expect(scanText(text).mayHaveName).toBe(expected);
  });

  test('regular characters are those that normalization leaves', () => {
    const regular = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => (scanText(character).classes & (CHARACTER.irregular | CHARACTER.space)) === 0,
    );
    expect(regular.length).toBeGreaterThan(30_000);
    // Behind one that is irregular, the rule looks at all of them.
    const joined = regular.join('');
    expect(normalize.rewrite(`${joined}Ａ`, {}, context).text).toBe(`${joined}A`);
  });
});

describe('pairs of characters', () => {
  test('let every phrase through that a rule looks for', () => {
    for (const text of texts) {
      // A phrase of one's own, one pair beside the text: then the rule searches whatever the scan says.
      expect(uiPhrases.rewrite(text, { phrases: [] }, context), text).toEqual(
        uiPhrases.rewrite(text, { phrases: ['\uE000\uE000'] }, context),
      );
      expect(adverts.measure(text, { max: 2 }, context), text).toBe(adverts.measure(`${text}。手机`, { max: 2 }, context));
      const marked = weiboMarks.rewrite(`客户。${text}`, {}, context).text;
      expect(`客户。${weiboMarks.rewrite(text, {}, context).text}`.replaceAll(' ', ''), text).toBe(marked.replaceAll(' ', ''));
    }
  });
});

describe(repetition.name, () => {
  test('counts as a set of n-grams would', () => {
    for (const text of texts) {
      const letters = text.replaceAll(/[^\p{L}\p{N}]+/gu, '');
      if (letters.length < 4) continue;
      const size = letters.length < 10 ? 2 : 3;
      const grams = Array.from({ length: letters.length - size + 1 }, (_, at) => letters.slice(at, at + size));
      expect(repetition.measure(text, { max: 0.5 }, context), text).toBe(1 - new Set(grams).size / grams.length);
    }
  });
});
