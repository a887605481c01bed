import { z } from 'zod';
import type { TextRule } from '../rule.ts';

export interface RepetitionOptions {
  max: number;
}

const NOT_LETTER = /[^\p{L}\p{N}]+/gu;
const SHORT_CHARACTERS = 10;
const MIN_CHARACTERS = 4;

/**
 * Share of the character n-grams that occurred before in the text (n = 3, or 2 below ten characters; punctuation left out):
 * 0.8 for 好看好看好看好看好看好看, 0.2 for songs and poems that repeat a line.
 */
export const repetition: TextRule<RepetitionOptions> = {
  name: 'repetition',
  unit: 'text',
  thresholds: ['max'],
  options: z.strictObject({ max: z.number().min(0).max(1) }),
  measure(text) {
    const characters = text.replaceAll(NOT_LETTER, '');
    if (characters.length < MIN_CHARACTERS) return 0;
    const size = characters.length < SHORT_CHARACTERS ? 2 : 3;
    const grams = new Set<number | string>();
    const total = characters.length - size + 1;
    for (let at = 0; at < total; at += 1) {
      const first = characters.charCodeAt(at);
      const second = characters.charCodeAt(at + 1);
      grams.add(size === 2 ? first * 0x1_0000 + second : (first * 0x1_0000 + second) * 0x1_0000 + characters.charCodeAt(at + 2));
    }
    return 1 - grams.size / total;
  },
  keep: (share, { max }) => share <= max,
};
