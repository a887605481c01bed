import { load } from 'cheerio/slim';
import type { Element } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { imageUrl, resolveUrl } from './image-url.ts';
import { bestCandidate, parseSrcset } from './srcset.ts';

const urlOf = (html: string): string | null => imageUrl(load(html)('img')[0] as Element, 'http://a.test/dir/page')?.href ?? null;

describe(imageUrl, () => {
  it.each([
    ['src', '<img src="x.png">', 'http://a.test/dir/x.png'],
    ['another host', '<img src="//b.test/x.png#top">', 'http://b.test/x.png'],
    ['data-src', '<img src="blank.gif" data-src="/x.png">', 'http://a.test/x.png'],
    ['data-original', '<img src="blank.gif" data-original="/x.png">', 'http://a.test/x.png'],
    ['a lazy address that is none', '<img src="x.png" data-src="">', 'http://a.test/dir/x.png'],
    ['the largest of a srcset', '<img src="s.png" srcset="m.png 640w, l.png 1280w, s.png 320w">', 'http://a.test/dir/l.png'],
    ['the densest of a srcset', '<img src="s.png" srcset="l.png 2x, s.png 1x">', 'http://a.test/dir/l.png'],
    ['a lazy srcset', '<img src="s.png" data-srcset="m.png 640w, l.png 1280w">', 'http://a.test/dir/l.png'],
    [
      'a picture',
      '<picture><source srcset="l.webp 1200w"><source srcset="m.webp 600w"><img src="s.png"></picture>',
      'http://a.test/dir/l.webp',
    ],
    ['a srcset of one', '<img src="s.png" srcset="t.png">', 'http://a.test/dir/s.png'],
    ['a srcset alone', '<img srcset="t.png">', 'http://a.test/dir/t.png'],
    ['an inline placeholder', '<img src="data:image/gif;base64,R0lG">', null],
    [
      'an inline placeholder with a real one',
      '<img src="data:image/gif;base64,R0lG" data-lazy-src="x.png">',
      'http://a.test/dir/x.png',
    ],
    ['none', '<img alt="x">', null],
    ['passwords', '<img src="http://me:secret@b.test/x.png">', 'http://b.test/x.png'],
  ])('%s', (_, html, url) => {
    expect(urlOf(html)).toBe(url);
  });
});

it.each(['', '  ', 'true', '#', 'javascript:void(0)', 'about:blank', 'http://'])('%j is no address', (address) => {
  expect(resolveUrl(address, 'http://a.test/')).toBeNull();
});

describe(parseSrcset, () => {
  it('takes commas within addresses, and descriptors of all kinds', () => {
    expect(parseSrcset(' a,b.png 1x,\n c.png?x=1,2 300w 200h , d.png,e.png 2.5x')).toEqual([
      { url: 'a,b.png', width: 1 },
      { url: 'c.png?x=1,2', width: 300 },
      { url: 'd.png,e.png', width: 2.5 },
    ]);
    expect(parseSrcset('a.png, b.png')).toEqual([
      { url: 'a.png', width: 1 },
      { url: 'b.png', width: 1 },
    ]);
    expect(parseSrcset(' , ')).toEqual([]);
  });

  it('the first of equals is best', () => {
    expect(bestCandidate(parseSrcset('a 2x, b 2x, c 1x'))?.url).toBe('a');
    expect(bestCandidate([])).toBeUndefined();
  });
});
