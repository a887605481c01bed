import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainText } from './explain-text.ts';
import { builtInRecipe } from './recipe/parse-recipe.ts';

const recipe = builtInRecipe();

describe('explainText', () => {
  test('shows the cleaned text, every score and every verdict', () => {
    const { text, keep, rules } = explainText('#春节#　看灯 去[doge] @张三 电话１３８１２３４５６７８　O网页链接', recipe, {
      source: 'weibo',
      kind: 'post',
    });
    expect(text).toBe('春节看灯去电话〈电话〉');
    expect(keep).toBe(true);
    expect(rules.find(({ rule }) => rule === 'phones')).toEqual({ rule: 'phones', score: 1, keep: true });
    expect(rules.find(({ rule }) => rule === 'length')).toEqual({ rule: 'length', score: 7, keep: true });
  });

  test('names the rule that drops a text', () => {
    const dropping = (text: string): string[] =>
      explainText(text, recipe, { source: 'news', kind: 'caption' })
        .rules.filter(({ keep }) => !keep)
        .map(({ rule }) => rule);
    expect(dropping('点击查看大图')).toEqual(['ui-phrases']);
    expect(dropping('IMG_1234.jpg')).toEqual(['file-names', 'chinese-share']);
    expect(dropping('Great Wall of China')).toEqual(['chinese-share']);
    expect(dropping('')).toEqual(['meaningless', 'length']);
  });

  test('marks of Weibo are marks on Weibo only', () => {
    const cleaned = (source: 'weibo' | 'news'): string => explainText('他说[泪]是符号', recipe, { source, kind: 'caption' }).text;
    expect([cleaned('weibo'), cleaned('news')]).toEqual(['他说是符号', '他说[泪]是符号']);
  });

  test('cleaning a cleaned text changes nothing', () => {
    const fragments = [
      ...'天安门 长城，。！ 1３8 ９ 〈电话〉 #话题# [泪] @张三 http://t.cn/a1 a@b.com 13812345678 138 1234 图片来源： 新华社 （资料图） 点击 查看大图 展开全文 O网页链接 转发微博 //@李四: 责任编辑：王五 … |'.split(
        ' ',
      ),
      ' ',
      '\u200b',
      '\n',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...fragments), { maxLength: 12 }),
        fc.constantFrom('weibo', 'news'),
        (parts, source) => {
          const once = explainText(parts.join(''), recipe, { source, kind: 'post' });
          const twice = explainText(once.text, recipe, { source, kind: 'post' });
          expect(twice.text).toBe(once.text);
        },
      ),
      { numRuns: 3000, seed: 17 },
    );
  });
});
