import { describe, expect, it } from 'vitest';
import { canonicalUrl } from './canonical-url.ts';
import { pairId } from './pair-id.ts';

describe(canonicalUrl, () => {
  it.each([
    ['HTTP://Img.Example:80/a/../b.png#top', 'http://img.example/b.png'],
    ['https://img.example/%7euser/%e4%b8%ad', 'https://img.example/~user/%E4%B8%AD'],
    ['https://img.example/中 文.png?b=2&a=1', 'https://img.example/%E4%B8%AD%20%E6%96%87.png?b=2&a=1'],
    ['https://img.example/a?', 'https://img.example/a'],
    ['https://例子.example/', 'https://xn--fsqu00a.example/'],
    [' pictures/a.png ', 'pictures/a.png'],
  ])('%s becomes %s', (url, canonical) => {
    expect(canonicalUrl(url)).toBe(canonical);
    expect(canonicalUrl(canonical)).toBe(canonical);
  });
});

describe(pairId, () => {
  // From Python: base64.b32encode(hashlib.sha256(key.encode()).digest())[:26], the key being the two canonical URLs.
  it('is the base32 of the hash of both canonical URLs', () => {
    const id = '6X7Q6BPA2FB43GCLE5K4SRNODD';
    expect(pairId('https://img.wenlan.test/a b/中.png?x=1&y=2#f', 'https://news.wenlan.test:443/1')).toBe(id);
    expect(pairId('https://IMG.wenlan.test/a%20b/%e4%b8%ad.png?x=1&y=2', 'https://news.wenlan.test/1#comments')).toBe(id);
  });

  it('leaves the place of the page empty where there is none', () => {
    expect(pairId('https://img.wenlan.test/a.png', null)).toBe('CL4NFXC6OPSBYTXGBKCWOTYEY3');
  });
});
