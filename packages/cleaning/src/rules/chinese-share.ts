import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { countUnits } from '../text/characters.ts';

export interface ChineseShareOptions {
  min: number;
}

/**
 * Share of Chinese characters among Chinese characters, kana and words of other scripts: counted by words, so that
 * "iPhone 15 手机" is two thirds Chinese though most of its letters are Latin. Numbers belong to no script; 《1984》 has share 1.
 */
export const chineseShare: TextRule<ChineseShareOptions> = {
  name: 'chinese-share',
  unit: 'text',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0).max(1) }),
  measure(text) {
    const { han, letters } = countUnits(text);
    return letters === 0 ? 1 : han / letters;
  },
  keep: (share, { min }) => share >= min,
};
