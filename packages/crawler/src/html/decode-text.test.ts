import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const TEXT = '大熊猫生活在四川的山里，以竹子为食，是中国特有的动物，深受人们的喜爱。';
const TRADITIONAL = '大貓熊生活在四川的山裡，以竹子為食，是中國特有的動物，深受人們的喜愛。臺灣的讀者也喜歡牠們。';
const page = (head: string, text = TEXT): string =>
  `<html><head>${head}<title>熊猫</title></head><body><p>${text}</p></body></html>`;

describe(decodeText, () => {
  it.each([
    ['GB18030 by its header', 'gb18030', '', 'text/html; charset=GB18030'],
    ['GBK by its header, in quotes', 'gbk', '', 'text/html; charset="gbk"'],
    ['GB2312 by its meta', 'gbk', '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', 'text/html'],
    ['GBK by its meta', 'gbk', '<meta charset=gbk>', undefined],
    ['GB18030 that nothing declares', 'gb18030', '', 'text/html'],
    ['GB18030 that its server takes for Latin 1', 'gb18030', '', 'text/html; charset=ISO-8859-1'],
    ['GB18030 that says it is UTF-8', 'gb18030', '<meta charset="utf-8">', 'text/html; charset=utf-8'],
    ['UTF-8 that nothing declares', 'utf8', '', undefined],
    ['UTF-8 with a charset that nobody knows', 'utf8', '', 'text/html; charset=unknown'],
  ])('%s', (_, encoding, head, contentType) => {
    const html = page(head);
    expect(decodeText(iconv.encode(html, encoding), contentType)).toBe(html);
  });

  it.each([
    ['declared', '<meta charset=big5>'],
    ['undeclared', ''],
  ])('Big5, %s', (_, head) => {
    const html = page(head, TRADITIONAL);
    expect(decodeText(iconv.encode(html, 'big5hkscs'), 'text/html')).toContain(TRADITIONAL);
  });

  it.each(['utf8', 'utf16le', 'utf16be'])('a byte order mark of %s wins', (encoding) => {
    const bytes = iconv.encode(page('<meta charset=gbk>'), encoding, { addBOM: true });
    expect(decodeText(bytes, 'text/html; charset=gbk')).toContain(TEXT);
  });

  it('four-byte characters of GB18030 under the name GBK', () => {
    expect(decodeText(iconv.encode('<p>𠮷龴</p>', 'gb18030'), 'text/html; charset=gbk')).toBe('<p>𠮷龴</p>');
  });

  it('stray bytes in UTF-8 cost themselves only', () => {
    const bytes = Buffer.concat([Buffer.from(page('<meta charset=utf-8>')), Buffer.from([0xff])]);
    expect(decodeText(bytes, 'text/html; charset=utf-8')).toBe(`${page('<meta charset=utf-8>')}\uFFFD`);
  });

  it('XML says it in its declaration', () => {
    const xml = `<?xml version="1.0" encoding="GB2312"?><rss>${TEXT}</rss>`;
    expect(decodeText(iconv.encode(xml, 'gb18030'), 'text/xml')).toBe(xml);
  });

  it('nothing is nothing', () => {
    expect(decodeText(Buffer.alloc(0), undefined)).toBe('');
  });
});
