import { UserError } from '@wenlan/shards';
import { describe, expect, test } from 'vitest';
import { RULE_NAMES } from '../rules/rule-table.ts';
import { builtInRecipeNames, builtInRecipeText } from './built-in-recipe.ts';
import { builtInRecipe, parseRecipe } from './parse-recipe.ts';

const MINIMAL = {
  name: 'mine',
  rules: [
    { rule: 'normalize' },
    { rule: 'length', min: 1, max: 9 },
    { rule: 'no-text' },
    { rule: 'min-side', min: 64 },
    { rule: 'icon', maxPages: 9 },
  ],
  encode: { maxSide: 512, vectorSide: 256, jpegQuality: 90 },
  split: { validation: 0.1, test: 0 },
};

function refusal(input: unknown): string {
  try {
    parseRecipe(input);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('The recipe was accepted.');
}

describe('built-in recipes', () => {
  test.each(builtInRecipeNames())('%s is sound', (name) => {
    expect(builtInRecipe(name).name).toBe(name);
  });

  test('the default uses every rule', () => {
    expect([...new Set(builtInRecipe().rules.map(({ rule }) => rule))]).toEqual(RULE_NAMES);
  });

  test('one that is not there is refused with the names of those that are', () => {
    expect(() => builtInRecipeText('strict')).toThrow(
      'There is no built-in recipe "strict"; use one of default, encyclopedia, news, small-pictures, weibo.',
    );
    expect(() => parseRecipe({ extends: '../package' })).toThrow(UserError);
  });
});

describe('parseRecipe', () => {
  test('reads YAML and objects, and fills in what has a default', () => {
    const recipe = parseRecipe(MINIMAL);
    expect(recipe.rules[1]).toEqual({ rule: 'length', options: { min: 1, max: 9 } });
    expect(recipe.trust[0]).toBe('news');
    expect(parseRecipe(JSON.stringify(MINIMAL))).toEqual(recipe);
  });

  test('extends a built-in recipe', () => {
    const recipe = parseRecipe({
      extends: 'default',
      name: 'mine',
      change: { 'min-side': { min: 20 }, urls: false, length: { max: 99 } },
      split: { validation: 0, test: 0, heldOut: { urlContains: ['/google/'] } },
    });
    const optionsOf = (name: string): unknown[] => recipe.rules.filter(({ rule }) => rule === name).map(({ options }) => options);
    expect(optionsOf('min-side')).toEqual([{ min: 20 }]);
    expect(optionsOf('urls')).toEqual([]);
    expect(optionsOf('length')).toEqual([
      { min: 2, max: 99 },
      { min: 1, max: 99 },
    ]);
    expect(recipe.split).toEqual({ validation: 0, test: 0, heldOut: { urlContains: ['/google/'] } });
  });

  const withRule = (at: number, rule: object): object => ({ ...MINIMAL, rules: MINIMAL.rules.with(at, rule as never) });

  test.each([
    [
      'an unknown key of a rule',
      withRule(3, { rule: 'min-side', min: 64, minn: 1 }),
      /rules\[3\]\.minn is not a key that is known there/,
    ],
    ['an unknown key', { ...MINIMAL, ruels: [] }, /ruels is not a key/],
    [
      'an unknown key deeper down',
      { ...MINIMAL, split: { validation: 0, test: 0, heldOut: { urlContains: ['x'], not: 1 } } },
      /split\.heldOut\.not is not a key/,
    ],
    [
      'an unknown rule',
      withRule(3, { rule: 'min-size', min: 64 }),
      /rules\[3\]\.rule names no rule; the rules are mojibake, normalize/,
    ],
    ['a threshold of the wrong type', withRule(3, { rule: 'min-side', min: 'big' }), /rules\[3\]\.min: .*expected number/],
    ['a missing threshold', withRule(4, { rule: 'icon' }), /rules\[4\]\.maxPages: /],
    ['a band the wrong way round', withRule(1, { rule: 'length', min: 9, max: 1 }), /rules\[1\]\.min: min is above max/],
    ['an unknown source', withRule(3, { rule: 'min-side', min: 64, sources: ['blog'] }), /rules\[3\]\.sources\[0\]: /],
    [
      'a rule before its time',
      withRule(0, { rule: 'icon', maxPages: 9 }),
      /rules\[1\] \(length\) comes after icon; put rules that rewrite texts first/,
    ],
    [
      'a rule twice',
      withRule(0, { rule: 'length', min: 1, max: 2 }),
      /rules\[1\] \(length\) judges the same pairs as rules\[0\]/,
    ],
    [
      'shares above 1',
      { ...MINIMAL, split: { validation: 0.6, test: 0.6 } },
      /split\.test: validation and test leave nothing for train/,
    ],
    ['no rules', { ...MINIMAL, rules: [] }, /rules: /],
    [
      'a change to a rule that is not there',
      { extends: 'default', change: { 'min-size': { min: 1 } } },
      /change\.min-size names a rule that the recipe default lacks; it has mojibake/,
    ],
    ['a change that is no mapping', { extends: 'default', change: { 'min-side': 20 } }, /change\.min-side has to be a mapping/],
    ['text that is not YAML', 'name: [', /it is not YAML/],
    ['nothing', null, /expected object/],
  ])('refuses %s', (_name, input, expected) => {
    expect(refusal(input)).toMatch(expected);
  });

  test('one rule may have thresholds for each source', () => {
    const rules = MINIMAL.rules.toSpliced(
      1,
      1,
      { rule: 'length', sources: ['news'], min: 1, max: 9 } as never,
      { rule: 'length', sources: ['web'], min: 2, max: 9 } as never,
    );
    expect(parseRecipe({ ...MINIMAL, rules }).rules).toHaveLength(6);
  });
});
