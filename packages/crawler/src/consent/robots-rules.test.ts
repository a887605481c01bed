import { describe, expect, it } from 'vitest';
import { RobotsRules } from './robots-rules.ts';

const allows = (text: string, path: string, product = 'wenlan'): boolean =>
  new RobotsRules(text, product).allows(new URL(path, 'http://a.test'));

describe('the groups of a robots.txt (RFC 9309 section 2.2.1)', () => {
  const text =
    'User-agent: *\nDisallow: /all\n\nUser-agent: Other\nUser-agent: WenLan/1.0\nDisallow: /ours\nUser-agent: wenlan\nDisallow: /more\n';
  it.each([
    ['/ours', 'wenlan', false],
    ['/more', 'WENLAN', false],
    ['/all', 'wenlan', true],
    ['/ours', 'other', false],
    ['/more', 'other', true],
    ['/all', 'stranger', false],
    ['/ours', 'stranger', true],
  ])('%s for %s: %s', (path, product, isAllowed) => {
    expect(allows(text, path, product)).toBe(isAllowed);
  });

  it('a rule before any group, an unknown record or a missing group hides nothing', () => {
    expect(allows('Disallow: /\n', '/x')).toBe(true);
    expect(allows('User-agent: a\nHost: x\nUser-agent: wenlan\nDisallow: /x', '/x')).toBe(false);
    expect(allows('User-agent: a\nSitemap: http://a.test/s.xml\nUser-agent: wenlan\nDisallow: /x', '/x', 'a')).toBe(false);
    expect(allows('', '/x')).toBe(true);
  });
});

describe('the most specific rule (section 2.2.2)', () => {
  it.each([
    ['Disallow: /\nAllow: /open', '/open/1', true],
    ['Allow: /open\nDisallow: /', '/closed', false],
    ['Allow: /page\nDisallow: /page', '/page', true],
    ['Disallow: /page\nAllow: /page', '/page', true],
    ['Disallow:', '/x', true],
    ['Disallow: /a', '/A', true],
    ['Disallow: /', '/robots.txt', true],
    ['Disallow: /*.gif$', '/x/y.gif', false],
    ['Disallow: /*.gif$', '/x/y.gif?z', true],
    ['Disallow: /a*b*c', '/aXbYc/d', false],
    ['Disallow: /a*b*c', '/aXcYb', true],
    ['Disallow: /*?', '/x?y=1', false],
    ['Disallow: /x$', '/x', false],
    ['Disallow: /x$', '/xy', true],
    ['Disallow: /a*a$', '/a', true],
    ['disallow : /x # why', '/x', false],
    ['Disallow: /%E7%8C%AB', '/猫', false],
    ['Disallow: /猫', '/%e7%8c%ab/1', false],
    ['Disallow: /~u', '/%7Eu', false],
    ['Disallow: /a%2Fb', '/a/b', true],
  ])('%j: %s %s', (rules, path, isAllowed) => {
    expect(allows(`User-agent: *\n${rules}\n`, path)).toBe(isAllowed);
  });

  it('is found quickly whatever the pattern', () => {
    expect(allows(`User-agent: *\nDisallow: /${'*a'.repeat(2_000)}$\n`, `/${'a'.repeat(1_900)}b`)).toBe(true);
  });
});

it('line ends of all kinds, a byte order mark, crawl-delay and sitemaps', () => {
  const rules = new RobotsRules(
    '\uFEFFUser-agent: *\rCrawl-delay: 2.5\r\nDisallow: /x\nSitemap: http://a.test/1.xml\nsitemap: http://a.test/2.xml',
    'wenlan',
  );
  expect(rules.allows(new URL('http://a.test/x'))).toBe(false);
  expect(rules.crawlDelaySeconds).toBe(2.5);
  expect(rules.sitemaps).toEqual(['http://a.test/1.xml', 'http://a.test/2.xml']);
  expect(new RobotsRules('User-agent: *\nCrawl-delay: soon', 'wenlan').crawlDelaySeconds).toBeUndefined();
});
