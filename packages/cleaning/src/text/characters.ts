import { CHARACTER, scanText } from './scan-text.ts';

/** Characters that Chinese text is written with; `Han` includes 々 and 〇. */
export const CJK_LETTER = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}';

/** Punctuation that stands in Chinese text without spaces around it. */
export const CJK_PUNCTUATION = '、。，！？：；（）《》〈〉「」『』【】〔〕〖〗…～';

/** What personal data and addresses are replaced by. */
export const TOKEN: RegExp = /〈(?:人名|电话|邮箱|证件号|账号|银行卡|车牌|网址)〉/gu;

const HAN = /\p{Script=Han}/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const NUMBER = /^[\p{N}\p{M}]+$/u;

export interface UnitCount {
  /** Chinese characters. */
  han: number;
  /** Chinese characters + kana + words of other scripts. */
  letters: number;
  /** As `letters`, and numbers: about what a tokenizer makes of the text. */
  all: number;
}

/** Counts what a text says, leaving out punctuation, symbols and tokens such as 〈电话〉. */
export function countUnits(text: string): UnitCount {
  // Several rules count the same text one after another.
  if (text === counted?.text) return counted.units;
  const units = countPlain(text) ?? countAny(text.replace(TOKEN, ' '));
  counted = { text, units };
  return units;
}

let counted: { text: string; units: UnitCount } | undefined;

/** Null for a text with characters that need a look at Unicode's properties. */
function countPlain(text: string): UnitCount | null {
  const { classes, han, words, numbers } = scanText(text);
  return (classes & CHARACTER.unusual) === 0 ? { han, letters: han + words - numbers, all: han + words } : null;
}

/** @param text without tokens */
function countAny(text: string): UnitCount {
  const plain = countPlain(text);
  if (plain !== null) return plain;
  let han = 0;
  let kana = 0;
  const rest = text
    .replace(HAN, () => {
      han += 1;
      return ' ';
    })
    .replace(KANA, () => {
      kana += 1;
      return ' ';
    });
  const words = rest.match(WORD) ?? [];
  const numbers = words.filter((word) => NUMBER.test(word)).length;
  const all = han + kana + words.length;
  return { han, letters: all - numbers, all };
}
