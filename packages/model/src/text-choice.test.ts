import type { PairText } from '@wenlan/shards';
import { describe, expect, it } from 'vitest';
import { chooseText } from './text-choice.ts';

const TEXTS: PairText[] = [
  { kind: 'caption', text: '一只狗' },
  { kind: 'post', text: '周末快乐' },
  { kind: 'caption', text: '小狗' },
  { kind: 'title', text: '狗' },
];

function shares(weights: Parameters<typeof chooseText>[1]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let epoch = 0; epoch < 4000; epoch++) {
    const text = chooseText(TEXTS, weights, 7, epoch, 'some-id')!;
    counts[text] = (counts[text] ?? 0) + 1 / 4000;
  }
  return counts;
}

describe(chooseText, () => {
  it('draws kinds by their weights, and evenly within a kind', () => {
    const found = shares({ caption: 2, title: 1, post: 1 });
    expect(found['一只狗']).toBeCloseTo(0.25, 1);
    expect(found['小狗']).toBeCloseTo(0.25, 1);
    expect(found['狗']).toBeCloseTo(0.25, 1);
    expect(found['周末快乐']).toBeCloseTo(0.25, 1);
  });

  it('never takes a kind without weight while another is there', () => {
    expect(Object.keys(shares({ title: 1 }))).toEqual(['狗']);
  });

  it('falls back on the first text, and on null', () => {
    expect(chooseText(TEXTS, { alt: 1 }, 7, 0, 'id')).toBe('一只狗');
    expect(chooseText([], { alt: 1 }, 7, 0, 'id')).toBeNull();
  });

  it('depends on seed, epoch and id alone', () => {
    const draw = (seed: number): (string | null)[] =>
      Array.from({ length: 20 }, (_, epoch) => chooseText(TEXTS, { caption: 1, post: 1 }, seed, epoch, 'id'));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
