import { describe, expect, test } from 'vitest';
import type { TextRule } from '../rule.ts';
import { chineseShare } from './chinese-share.ts';
import { fileNames } from './file-names.ts';
import { length } from './length.ts';
import { meaningless } from './meaningless.ts';
import { noText } from './no-text.ts';

const context = { kind: 'caption', source: 'news' } as const;

function verdict<Options>(rule: TextRule<Options>, options: Options, text: string): boolean {
  return rule.keep(rule.measure(text, options, context), options);
}

describe('file-names', () => {
  test.each([
    'IMG_1234.jpg',
    'IMG_20211111_112233',
    'DSC00001',
    'mmexport1636612345678.jpg',
    '微信图片_20211111112233.jpg',
    'QQ截图20211111.png',
    '屏幕截图 2023-01-01 101010.png',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    'image001.png',
    '未标题-1.psd',
    '123456.jpeg',
    '天安门.png',
    'u=1234,5678&fm=26.jpg',
  ])('drops %j', (text) => {
    expect(verdict(fileNames, {}, text)).toBe(false);
  });

  test.each([
    'Node.js',
    'IMG乐队演出',
    'IMG 2024 年会',
    'MP4播放器',
    '图片报道',
    '《1984》',
    '2024-11-11',
    '打开 a.png，再保存。',
    '微信图片发送失败',
    'DSC 数码相机',
  ])('keeps %j', (text) => {
    expect(verdict(fileNames, {}, text)).toBe(true);
  });

  test('a machine made the name: 2, a person: 1', () => {
    expect(['IMG_1.jpg', '天安门.png', '天安门'].map((text) => fileNames.measure(text, {}, context))).toEqual([2, 1, 0]);
  });
});

describe('meaningless', () => {
  const options = { texts: [] };

  test.each([
    '图片',
    '图1',
    '【图片】',
    '如下图所示',
    '如图所示：',
    'image1',
    'LOGO',
    '123',
    '2024-11-11',
    '!!!',
    '…',
    '👍',
    '〈电话〉',
    '〈网址〉〈邮箱〉',
    '锟斤拷锟斤拷',
    '烫烫烫烫',
  ])('drops %j', (text) => {
    expect(verdict(meaningless, options, text)).toBe(false);
  });

  test.each(['《1984》', '《2012》', '图书馆', '图1 长城', '照片墙', '1984年', '长城', '如图所示的长城', '龙', '联系〈电话〉'])(
    'keeps %j',
    (text) => {
      expect(verdict(meaningless, options, text)).toBe(true);
    },
  );

  test('drops what the recipe names', () => {
    expect(verdict(meaningless, { texts: ['摄影部落'] }, '摄影部落')).toBe(false);
  });
});

describe('length', () => {
  test('counts Chinese characters and words of other scripts, not punctuation or tokens', () => {
    const units = (text: string): number => length.measure(text, { min: 1, max: 9 }, context);
    expect(['长城', '《长城》！', 'iPhone 15 发布会', '致电〈电话〉', 'ひらがな'].map(units)).toEqual([2, 2, 5, 2, 4]);
  });

  test('both ends of the band are inside', () => {
    const options = { min: 2, max: 3 };
    expect(['一', '一二', '一二三', '一二三四'].map((text) => verdict(length, options, text))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('chinese-share', () => {
  test.each([
    ['长城', 1],
    ['《1984》', 1],
    ['iPhone 手机', 2 / 3],
    ['hello world', 0],
    ['こんにちは世界', 2 / 7],
  ])('of %j is %f', (text, share) => {
    expect(chineseShare.measure(text, { min: 0.3 }, context)).toBeCloseTo(share, 12);
  });

  test('is kept from the threshold on', () => {
    expect(['长城 Wall Great Big', 'Great Wall 长'].map((text) => verdict(chineseShare, { min: 0.4 }, text))).toEqual([
      true,
      false,
    ]);
  });
});

test('no-text drops a pair of which no text is left', () => {
  expect([noText.keep(noText.measure([], {}), {}), noText.keep(noText.measure(['长城'], {}), {})]).toEqual([false, true]);
});
