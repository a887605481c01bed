import { z } from 'zod';
import type { TextRule } from '../rule.ts';

export interface LanguageOptions {
  /** Share of Chinese, 0..1. */
  min: number;
}

const EAST_ASIAN = /[\u1100-\u11FF\u3041-\u30FF\u3130-\u318F\uAC00-\uD7AF]/u;
const HAN = /\p{Script=Han}/gu;
const KANA = /[\u3041-\u3096\u30A1-\u30FA]/gu;
const HANGUL = /[\u1100-\u11FF\u3130-\u318F\uAC00-\uD7AF]/gu;
/** What Chinese writes for 的 to look cute. */
const DECORATION = /(?<=\p{Script=Han})の(?=\p{Script=Han})/u;
/** Only Japanese forms characters so (Jōyō kanji list of 2010). */
const JAPANESE_FORM =
  /[気駅広沢桜図応対売読変転済悪険験検県続総経営労働児戦歩毎亜囲壱発帰実聴顔髪歯齢渓浄斎斉滝竜黒楽薬塩拝仏価雑]/gu;
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
    const japanese = text.match(JAPANESE_FORM)?.length ?? 0;
    if (japanese === 0 && !EAST_ASIAN.test(text)) return 1;
    const han = text.match(HAN)?.length ?? 0;
    const kana = text.replace(DECORATION, '').match(KANA)?.length ?? 0;
    const hangul = text.match(HANGUL)?.length ?? 0;
    // A Japanese sentence can be two thirds Chinese characters.
    const other = 2 * kana + hangul + japanese;
    return han + other === 0 ? 1 : (han - japanese) / (han + other);
  },
  keep: (share, { min }) => share >= min,
};
