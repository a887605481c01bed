import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedSpans } from './changed-spans.ts';

describe(changedSpans, () => {
  test('marks what a rule took out and put in', () => {
    expect(changedSpans('联系电话13812345678，谢谢', '联系电话〈电话〉，谢谢')).toEqual([
      { kind: 'same', text: '联系电话' },
      { kind: 'removed', text: '13812345678' },
      { kind: 'added', text: '〈电话〉' },
      { kind: 'same', text: '，谢谢' },
    ]);
    expect(changedSpans('天安门 点击查看大图', '天安门')).toEqual([
      { kind: 'same', text: '天安门' },
      { kind: 'removed', text: ' 点击查看大图' },
    ]);
  });

  test('gives back both texts, of whatever they are, and long ones too', () => {
    const textOf = (spans: ReturnType<typeof changedSpans>, without: string): string =>
      spans.flatMap(({ kind, text }) => (kind === without ? [] : [text])).join('');
    const check = (before: string, after: string): void => {
      const spans = changedSpans(before, after);
      expect([textOf(spans, 'added'), textOf(spans, 'removed')]).toEqual([before, after]);
    };
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), check), { numRuns: 300, seed: 5 });
    check('甲'.repeat(2000), '乙'.repeat(2000));
  });
});
