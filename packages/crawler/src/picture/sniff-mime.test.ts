import { describe, expect, it } from 'vitest';
import { photo } from '../../test/support/pictures.ts';
import { sniffMime } from './sniff-mime.ts';

describe(sniffMime, () => {
  it.each(['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const)('%s as written by libvips', async (format) => {
    expect(sniffMime(await photo(format))).toBe(`image/${format}`);
  });

  it.each([
    ['BM6\0\0\0', 'image/bmp'],
    ['\0\0\x01\0\x01\0', 'image/x-icon'],
    ['\xFF\x0A\xFA', 'image/jxl'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'image/heic'],
    ['\0\0\0\x18ftypisom\0\0\0\0mp42', null],
    ['RIFF\0\0\0\0WAVE', null],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    [
      '<?xml version="1.0"?>\n<!-- c -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "u" [<!ENTITY a "b">]>\n<svg>',
      'image/svg+xml',
    ],
    ['<svg:svg xmlns:svg="http://www.w3.org/2000/svg">', 'image/svg+xml'],
    ['<html><body><svg></svg>', null],
    ['<!DOCTYPE html><html>', null],
    ['{"error": "not found"}', null],
    ['', null],
    ['\0\0\0', null],
  ])('%j is %s', (bytes, mime) => {
    expect(sniffMime(Buffer.from(bytes, 'latin1'))).toBe(mime);
  });

  it('SVG in UTF-16, and after a byte order mark', () => {
    expect(sniffMime(Buffer.from('\uFEFF<svg>', 'utf16le'))).toBe('image/svg+xml');
    expect(sniffMime(Buffer.from('\uFEFF<svg>'))).toBe('image/svg+xml');
  });
});
