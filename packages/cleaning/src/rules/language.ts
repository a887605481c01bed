import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { CHARACTER, JAPANESE_FORMS, scanText } from '../text/scan-text.ts';

export interface LanguageOptions {
  /** Share of Chinese, 0..1. */
  min: number;
}

const HAN = /\p{Script=Han}/gu;
const KANA = /[\u3041-\u3096\u30A1-\u30FA]/gu;
const HANGUL = /[\u1100-\u11FF\u3130-\u318F\uAC00-\uD7AF]/gu;
/** What Chinese writes for 的 to look cute. */
const DECORATION = /(?<=\p{Script=Han})の(?=\p{Script=Han})/u;
const JAPANESE_FORM = new RegExp(`[${JAPANESE_FORMS}]`, 'gu');
/**
 * Share of Chinese among the East Asian characters: kana and Hangul count against it, and so do Chinese characters in forms that only
 * Japanese has. A single の between Chinese characters is decoration. What is written in Latin letters is for `chinese-share`.
 */
export const language: TextRule<LanguageOptions> = {
  name: 'language',
  unit: 'text',
  thresholds: ['min'],
  options: z.strictObject({ min: z.number().min(0).max(1) }),
  measure(text) {
    if ((scanText(text).classes & CHARACTER.foreignEast) === 0) return 1;
    const japanese = text.match(JAPANESE_FORM)?.length ?? 0;
    const han = text.match(HAN)?.length ?? 0;
    const kana = text.replace(DECORATION, '').match(KANA)?.length ?? 0;
    const hangul = text.match(HANGUL)?.length ?? 0;
    // A Japanese sentence can be two thirds Chinese characters.
    const other = 2 * kana + hangul + japanese;
    return han + other === 0 ? 1 : (han - japanese) / (han + other);
  },
  keep: (share, { min }) => share >= min,
};
