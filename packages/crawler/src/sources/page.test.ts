import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../test/support/page-of.ts';

describe('the format of a page', () => {
  it.each([
    ['<!DOCTYPE html><p>x', 'html'],
    ['\n <html lang="zh">', 'html'],
    ['<?xml version="1.0"?><urlset>', 'xml'],
    ['<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html>', 'html'],
    ['<rss version="2.0">', 'xml'],
    ['<feed xmlns="http://www.w3.org/2005/Atom">', 'xml'],
    ['{"ok": 1}', 'json'],
    ['[1]', 'json'],
    ['<p>a piece', 'html'],
  ])('%j is %s', (text, format) => {
    expect(pageOf('http://a.test/', text).format).toBe(format);
  });

  it('of plain text is what its header says', () => {
    expect(pageOf('http://a.test/', 'text', { headers: { 'content-type': 'text/plain' } }).format).toBe('other');
    expect(pageOf('http://a.test/', 'text').format).toBe('html');
  });
});

describe('the text of a page', () => {
  it('of a file in gzip format is unpacked, but not without end', () => {
    expect(pageOf('http://a.test/sitemap.xml.gz', gzipSync('<urlset>熊猫</urlset>')).text).toBe('<urlset>熊猫</urlset>');
    expect(() => pageOf('http://a.test/bomb.gz', gzipSync(Buffer.alloc(51 * 2 ** 20))).text).toThrow('larger than');
  });

  it('may not be JSON', () => {
    expect(() => pageOf('http://a.test/', '<html>').json()).toThrow(SyntaxError);
  });
});
