import { describe, expect, it } from 'vitest';
import { emptyPair } from '../empty-pair.ts';
import { parseWhere } from './where.ts';

const row = emptyPair({
  id: 'a',
  source: 'news',
  outcome: 'http-5xx',
  imageUrl: 'https://img.example/ads/1.jpg',
  width: 640,
  scores: { aesthetic: 0.5 },
});

describe(parseWhere, () => {
  it.each([
    ['outcome in (timeout, http-5xx)', true],
    ['outcome in (timeout)', false],
    ['not outcome in ("timeout", \'dns\') and source = news', true],
    ['width in (320, 640) or width > 1000', true],
    ['mime in ("image/png", null)', true],
    ['mime in ("image/jpeg")', false],
    ['(scores.aesthetic > 0.4 and source IN (news, weibo))', true],
    ['imageUrl contains "/ads/" and scores.blur < 1', false],
  ])('%s is %s', (where, expected) => {
    expect(parseWhere(where)(row)).toBe(expected);
  });

  it('knows the columns that it looks at', () => {
    expect(parseWhere('outcome in (dns, tcp) and scores.blur > 0').columns).toEqual(['outcome', 'scores']);
  });

  it.each([
    ['outcome in timeout', 12, 'a ( is missing'],
    ['outcome in (timeout', 20, 'a , or a ) is missing'],
    ['outcome in (timeout dns)', 21, 'a , or a ) is missing'],
    ['outcome in (timeout,)', 21, 'a value is missing'],
    ['outcome in ()', 13, 'a value is missing'],
    ['outcome timeout', 9, 'here has to be one of = == != < <= > >= contains in'],
    ['in (timeout)', 1, 'here has to be a column'],
  ])('refuses %s at character %i', (where, character, what) => {
    const refused = { code: 'WHERE_INVALID', message: expect.stringContaining(`is wrong at character ${character}: ${what}`) };
    expect(() => parseWhere(where)).toThrow(expect.objectContaining(refused));
  });
});
