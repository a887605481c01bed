import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalize } from './normalize.ts';
import { whitespace } from './whitespace.ts';

const context = { kind: 'caption', source: 'news' } as const;
const normalized = (text: string): string => normalize.rewrite(text, {}, context).text;
const spaced = (text: string, kind: 'caption' | 'tag' = 'caption'): string =>
  whitespace.rewrite(text, {}, { kind, source: 'news' }).text;

describe('normalize', () => {
  test.each([
    ['１２３', '123'],
    ['ＡＢＣａｂｃ', 'ABCabc'],
    ['㎡', 'm2'],
    ['ｶﾀｶﾅ', 'カタカナ'],
    ['⽔⽕', '水火'],
    ['１００％', '100%'],
    ['中\u200b国\uFEFF', '中国'],
    ['左\u202Eto\u202C右', '左to右'],
    ['中\u0000文\u0007', '中文'],
    ['图\uE001标', '图标'],
    ['换\r\n行\u2028了', '换 行 了'],
    ['  前后\u3000空 \u00A0格  ', '前后 空 格'],
    ['\uD800坏', '\uFFFD坏'],
    ['葛\u{E0100}城', '葛城'],
  ])('%j becomes %j', (text, expected) => {
    expect(normalized(text)).toBe(expected);
  });

  test.each([
    '《1984》，你好！',
    '（注：见《道德经》；“上善若水”……？）',
    '①②③步骤',
    '10⁵ 和 3½ 杯，25℃',
    '2024-11-11',
    '￥100～200',
    '👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ❤️',
    '「引号」『书名』【标题】〈篇〉、。',
    '繁體中文與简体',
  ])('keeps %j as it is', (text) => {
    expect(normalize.rewrite(text, {}, context)).toEqual({ text, count: 0 });
  });

  test('joiners outside an emoji go', () => {
    expect(normalized('中\u200D文\uFE0F')).toBe('中文');
  });

  test('done twice it changes nothing more', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'中文，！１Ａ ①½é\u0301\u200b\u200d\uFE0F👨\u3000か\u3099ﾞ´…（）\u{E0067}🏴\n') }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const once = normalized(text);
        expect(normalized(once)).toBe(once);
        expect(once).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});

describe('whitespace', () => {
  test.each([
    ['中 国 人 民', '中国人民'],
    ['你好 ，世界', '你好，世界'],
    ['《 红楼梦 》', '《红楼梦》'],
    ['第一。 Second', '第一。Second'],
  ])('%j becomes %j', (text, expected) => {
    expect(spaced(text)).toBe(expected);
  });

  test.each(['北京 Beijing 2022', 'iPhone 15 发布', 'Great Wall'])('keeps %j as it is', (text) => {
    expect(spaced(text)).toBe(text);
  });

  test('spaces between tags separate them', () => {
    expect(spaced('笑脸 表情 开心', 'tag')).toBe('笑脸 表情 开心');
  });
});
