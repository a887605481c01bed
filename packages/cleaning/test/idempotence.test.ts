import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtInRecipe, textExplainer } from '../src/index.ts';

const CASES = join(import.meta.dirname, '../cases');

/** Every text that a rule was measured on: each holds the dirt of one rule. */
const dirty = readdirSync(CASES)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const { found, kept } = parse(readFileSync(join(CASES, file), 'utf8')) as {
      found: (string | [string, string])[];
      kept: string[];
    };
    return [...found.map((one) => (typeof one === 'string' ? one : one[0])), ...kept];
  });

const anyPiece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...dirty) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(' ', '　', '\n', '，', '。', '\u200b', '//', '：', '（', '）', '[', ']', '#', '@', '…', 'O', '|'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
);

describe('cleaning a cleaned text', () => {
  test.each([
    ['weibo', 'weibo'],
    ['news', 'news'],
    ['encyclopedia', 'encyclopedia'],
    ['default', 'web'],
  ] as const)('changes nothing, by the recipe %s', (recipe, source) => {
    const explain = textExplainer(builtInRecipe(recipe), { source, kind: source === 'weibo' ? 'post' : 'caption' });
    fc.assert(
      fc.property(fc.array(anyPiece, { maxLength: 5 }), (pieces) => {
        const once = explain(pieces.join(''));
        const twice = explain(once.text);
        expect(twice.text).toBe(once.text);
        if (once.text !== '') expect(twice.keep).toBe(once.keep);
      }),
      { numRuns: 2000, seed: 6 },
    );
  });
});
