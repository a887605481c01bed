/**
 * What compatibility normalization (Unicode Standard Annex 15, NFKC) would spoil in Chinese: full-width punctuation becomes
 * ASCII, ① runs into the digits beside it, 10⁵ becomes 105 and 3½ becomes 31⁄2; signs that stand for themselves are kept too.
 */
const KEPT = '！，：；？（）～￥…①-⓿²³¹⁰-₎¼-¾⅐-⅟℃℉™℠㊗㊙¨¯´¸˘-˝';
export const NORMALIZED_RUN = new RegExp(`[^${KEPT}]+`, 'gu');

export const WHITESPACE = /[\s\u0085\u180E]+/gu;
/** C0 and C1 controls, invisible format characters, Hangul fillers, private use (icon fonts), noncharacters. */
export const INVISIBLE =
  /\u034F|[\uFE00-\uFE0D]|[\u{E0100}-\u{E01EF}]|[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\u00AD\u061C\u115F\u1160\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB]/gu;
/** Joiners and selectors mean something only inside an emoji. */
export const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})|(?<!\p{Emoji})[\uFE0E\uFE0F]/gu;
export const STRAY_TAG = /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0000}-\u{E007F}]/gu;
export const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Whether one UTF-16 code unit may be changed by normalization, alone or with those beside it. */
export function isIrregular(code: number): boolean {
  const character = String.fromCharCode(code);
  if (code === 0x20 || KEPT_CHARACTERS.test(character)) return false;
  return IRREGULAR.test(character) || character.normalize('NFKC') !== character;
}

const KEPT_CHARACTERS = new RegExp(`[${KEPT}]`, 'u');
/** White space, controls, marks and joiners, conjoining Hangul, surrogates. */
const IRREGULAR =
  /[\s\u0085\u180E\u00AD\u061C\u1100-\u11FF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\p{Cc}\p{Co}\p{Cs}\p{M}\p{Noncharacter_Code_Point}]/u;
