import { describe, expect, it } from 'vitest';
import { combine, forbidsFollowing, optOutReason, reservationOfHeaders, reservationOfMetas } from './opt-out.ts';

const ofTag = (value: string | string[]) => reservationOfHeaders({ 'x-robots-tag': value }, 'wenlan');

describe(optOutReason, () => {
  it.each([
    ['noai', 'the site says noai'],
    ['NoImageAI', 'the site says noimageai'],
    ['noindex, nofollow', 'the site says noindex'],
    ['none', 'the site says none'],
    ['max-snippet:-1, noml', 'the site says noml'],
    ['unavailable_after: 25 Jun 2030 15:00:00 PST, noimageindex', 'the site says noimageindex'],
    ['wenlan: noai', 'the site says noai'],
    ['googlebot: noindex', null],
    ['googlebot: noindex, nofollow', null],
    [['googlebot: noindex', 'noai'], 'the site says noai'],
    ['nofollow', null],
    ['all', null],
    ['', null],
  ])('X-Robots-Tag %j: %s', (value, reason) => {
    expect(optOutReason(ofTag(value))).toBe(reason);
  });

  it('of the reservation for text and data mining', () => {
    const reason = 'the site reserves text and data mining (tdm-reservation)';
    expect(optOutReason(reservationOfHeaders({ 'tdm-reservation': ' 1 ' }, 'wenlan'))).toBe(reason);
    expect(optOutReason(reservationOfHeaders({ 'tdm-reservation': '0' }, 'wenlan'))).toBeNull();
    expect(optOutReason(reservationOfMetas([['tdm-reservation', '1']], 'wenlan'))).toBe(reason);
  });

  it('of meta elements for all, or for us', () => {
    expect(optOutReason(reservationOfMetas([['robots', 'index, NOAI']], 'WenLan'))).toBe('the site says noai');
    expect(optOutReason(reservationOfMetas([['wenlan', 'noml']], 'WenLan'))).toBe('the site says noml');
    expect(optOutReason(reservationOfMetas([['googlebot', 'noindex']], 'WenLan'))).toBeNull();
  });
});

it('several places together say each thing once, and a reservation wins', () => {
  const together = combine(ofTag('noai, nofollow'), { directives: 'noai', tdm: '0' }, { directives: null, tdm: '1' });
  expect(together).toEqual({ directives: 'noai,nofollow', tdm: '1' });
  expect(combine()).toEqual({ directives: null, tdm: null });
});

it('links of a page may be forbidden', () => {
  expect(['nofollow', 'none', 'noindex', ''].map((value) => forbidsFollowing(ofTag(value)))).toEqual([true, true, false, false]);
});
