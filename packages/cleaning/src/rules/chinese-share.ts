import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { countUnits, TOKEN } from '../text/characters.ts';

export interface ChineseShareOptions {
  min: number;
}

/**
 * Share of Chinese characters among Chinese characters, kana and words of other scripts: counted by words, so that
 * "iPhone 15 手机" is two thirds Chinese though most of its letters are Latin. Numbers belong to no script; 《1984》 has share 1. A token such
 * as 〈账号〉 counts as one Chinese character: "VX 〈账号〉" is not English.
 */
export const chineseShare: TextRule<ChineseShareOptions> = {
  name: 'chinese-share',
  unit: 'text',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0).max(1) }),
  measure(text) {
    const { han, letters } = countUnits(text);
    const tokens = text.includes('〈') ? (text.match(TOKEN)?.length ?? 0) : 0;
    return letters + tokens === 0 ? 1 : (han + tokens) / (letters + tokens);
  },
  keep: (share, { min }) => share >= min,
};
