import { describe, expect, test } from 'vitest';
import { mojibake } from './mojibake.ts';

const repaired = (text: string): string => mojibake.rewrite(text, {}, { kind: 'caption', source: 'news' }).text;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const sentence = '中国人民解放军在北京天安门前合影，记者摄。';

describe('mojibake', () => {
  test.each(['windows-1252', 'latin1'])('repairs UTF-8 that was read as %s', (encoding) => {
    expect(repaired(new TextDecoder(encoding).decode(utf8(sentence)))).toBe(sentence);
  });

  test('repairs UTF-8 that was read as GBK', () => {
    expect(repaired(new TextDecoder('gbk').decode(utf8('中国人民')))).toBe('中国人民');
    expect(repaired('浜嗚В')).toBe('了解');
  });

  test('loses no more than the character that was cut, if the number of bytes was odd', () => {
    const wrong = new TextDecoder('gbk').decode(utf8('人民日报社'));
    expect(wrong.endsWith('\uFFFD')).toBe(true);
    expect(repaired(wrong)).toBe('人民日报');
  });

  test('repairs GBK that was read as windows-1252', () => {
    const gbk = Uint8Array.of(0xd6, 0xd0, 0xb9, 0xfa, 0xc8, 0xcb, 0xc3, 0xf1); // 中国人民
    expect(repaired(new TextDecoder('windows-1252').decode(gbk))).toBe('中国人民');
  });

  test('repairs a run in the middle of good text', () => {
    expect(repaired(`摄影 ${new TextDecoder('latin1').decode(utf8('北京'))} 2022`)).toBe('摄影 北京 2022');
  });

  test.each([
    sentence,
    'café in München',
    'ÄÖÜß grüße aus Köln',
    'São Paulo, Ñandú',
    '繁體中文網頁與简体',
    '联通',
    '联通公司的涓涓细流',
    '饕餮纹青铜簋',
    'naïve 的 résumé',
    '±5° «quoted»',
  ])('keeps %j as it is', (text) => {
    expect(mojibake.rewrite(text, {}, { kind: 'caption', source: 'news' })).toEqual({ text, count: 0 });
  });
});
