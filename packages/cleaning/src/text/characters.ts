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
  const units = SIMPLE.test(text) ? countSimple(text) : countAny(text);
  counted = { text, units };
  return units;
}

let counted: { text: string; units: UnitCount } | undefined;

/** Chinese characters of the basic block, ASCII, and punctuation that needs no look at Unicode's properties; no tokens. */
const SIMPLE =
  /^[\u0020-\u007E\u4E00-\u9FFF\u3001\u3002\u300A-\u3011\u2010-\u2027\uFF01\uFF08\uFF09\uFF0C\uFF1A\uFF1B\uFF1F\uFFE5]*$/;

function countSimple(text: string): UnitCount {
  let han = 0;
  let words = 0;
  let numbers = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x4e00 && code <= 0x9fff) {
      han += 1;
      continue;
    }
    if (!isWordCode(code)) continue;
    words += 1;
    let isNumber = true;
    let end = at;
    for (; end < text.length && isWordCode(text.charCodeAt(end)); end += 1) if (text.charCodeAt(end) > 0x39) isNumber = false;
    if (isNumber) numbers += 1;
    at = end - 1;
  }
  return { han, letters: han + words - numbers, all: han + words };
}

const isWordCode = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

function countAny(text: string): UnitCount {
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
