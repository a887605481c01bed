import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule, Rewritten } from '../rule.ts';

/**
 * What compatibility normalization (Unicode Standard Annex 15, NFKC) would spoil in Chinese: full-width punctuation becomes
 * ASCII, ① runs into the digits beside it, 10⁵ becomes 105 and 3½ becomes 31⁄2; signs that stand for themselves are kept too.
 */
const KEPT = '！，：；？（）～￥…①-⓿²³¹⁰-₎¼-¾⅐-⅟℃℉™℠㊗㊙¨¯´¸˘-˝';
const NORMALIZED_RUN = new RegExp(`[^${KEPT}]+`, 'gu');

const WHITESPACE = /[\s\u0085\u180E]+/gu;
/** C0 and C1 controls, invisible format characters, Hangul fillers, private use (icon fonts), noncharacters. */
const INVISIBLE =
  /\u034F|[\uFE00-\uFE0D]|[\u{E0100}-\u{E01EF}]|[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\u00AD\u061C\u115F\u1160\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB]/gu;
/** Joiners and selectors mean something only inside an emoji. */
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})|(?<!\p{Emoji})[\uFE0E\uFE0F]/gu;
const STRAY_TAG = /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0000}-\u{E007F}]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

const MAX_PASSES = 8;

/** NFKC that keeps Chinese punctuation; white space of any kind to one space; controls and invisible characters removed. */
export const normalize: RewriteRule<NoOptions> = {
  name: 'normalize',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text: string): Rewritten {
    let result = text;
    // What one pass removes can bring characters together that the next composes.
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const next = normalizeOnce(result);
      if (next === result) break;
      result = next;
    }
    return { text: result, count: result === text ? 0 : 1 };
  },
};

function normalizeOnce(text: string): string {
  return text
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(WHITESPACE, ' ')
    .replace(INVISIBLE, '')
    .replace(STRAY_JOINER, '')
    .replace(STRAY_TAG, '')
    .replace(NORMALIZED_RUN, (run) => run.normalize('NFKC'))
    .replace(WHITESPACE, ' ')
    .trim();
}
