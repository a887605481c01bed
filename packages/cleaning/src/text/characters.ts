/** Characters that Chinese text is written with; `Han` includes 々 and 〇. */
export const CJK_LETTER = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}';

/** Punctuation that stands in Chinese text without spaces around it. */
export const CJK_PUNCTUATION = '、。，！？：；（）《》〈〉「」『』【】〔〕〖〗…～';

/** What personal data and addresses are replaced by. */
const TOKEN = /〈(?:人名|电话|邮箱|证件号|账号|银行卡|车牌|网址)〉/gu;

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
  let han = 0;
  let kana = 0;
  const rest = text
    .replace(TOKEN, ' ')
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
