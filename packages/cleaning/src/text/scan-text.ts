import { isIrregular } from './normal-forms.ts';
import { isLevelOne } from './legacy-encodings.ts';
import { GIVEN_WEIGHTS } from './given-names.ts';
import { ADVERT_PAIRS, EXAMPLE_NAME_PAIRS, MARK_PAIRS, PAGE_PAIRS } from './phrase-pairs.ts';
import { COMPOUND_SURNAMES, SURNAME_WEIGHTS } from './surnames.ts';
import { isSurelyTraditional } from './simplify.ts';

/** Classes of characters without which a rule has nothing to do. */
export const CHARACTER = {
  latin: 1,
  capital: 1 << 1,
  space: 1 << 2,
  at: 1 << 3,
  hash: 1 << 4,
  openBracket: 1 << 5,
  dot: 1 << 6,
  slash: 1 << 7,
  /** Chinese characters and private use outside of GB 2312 level 1: what a wrong decoding is made of. */
  rareHan: 1 << 8,
  /** U+0080..U+00FF. */
  highLatin: 1 << 9,
  /** Whatever Unicode normalization or the rule `normalize` may change. */
  irregular: 1 << 10,
  /** Kana, Hangul, and forms of characters that only Japanese has. */
  foreignEast: 1 << 11,
  /** Characters that simplified Chinese doesn't write. */
  traditional: 1 << 12,
  /** Other than ASCII, Chinese characters of the basic block and the commonest punctuation: see `countUnits`. */
  unusual: 1 << 13,
  surname: 1 << 14,
  given: 1 << 15,
  /** After which a name may be announced that is made of unusual characters. */
  label: 1 << 16,
  digit: 1 << 17,
  /** Digits in any dress: 三, 叁, ③. */
  digitLike: 1 << 18,
  han: 1 << 19,
  /** Latin letters, digits and what holds them together in a name. */
  inWord: 1 << 20,
  letter: 1 << 21,
  /** What may stand between the digits of one number. */
  inNumber: 1 << 22,
  star: 1 << 23,
  square: 1 << 24,
} as const;

/** Rules that look for phrases, found by pairs of characters. */
export const PHRASES = { page: 1, advert: 1 << 1, mark: 1 << 2, exampleName: 1 << 3 } as const;

/** What there is in a text, found in one pass for all rules. */
export interface TextScan {
  /** {@link CHARACTER}s in the text, as bits. */
  classes: number;
  /** {@link PHRASES} of which a phrase may be in the text, as bits: may, since pairs of characters are hashed. */
  phrases: number;
  digits: number;
  /** Most digits, in any dress, with nothing between them but spaces, dashes, dots, brackets and what masks them. */
  longestNumber: number;
  han: number;
  /** Runs of Latin letters and digits, and those of them that have digits only. */
  words: number;
  numbers: number;
  /** Of the longest run of `inWord`. */
  longestWord: number;
  /** Whether a surname stands before a character of given names, or after a label. */
  mayHaveName: boolean;
}

const CODES = 0x1_0000;
const PAIRS = 0x1_0000;
const pairPhrases = new Uint8Array(PAIRS);
const pairHash = (first: number, second: number): number => (Math.imul(first, 31) ^ Math.imul(second, 0x9e5)) & (PAIRS - 1);

for (const [phrases, pairs] of [
  [PHRASES.page, PAGE_PAIRS],
  [PHRASES.advert, ADVERT_PAIRS],
  [PHRASES.mark, MARK_PAIRS],
  [PHRASES.exampleName, EXAMPLE_NAME_PAIRS],
] as const) {
  for (const pair of pairs) {
    const at = pairHash(pair.charCodeAt(0), pair.charCodeAt(1));
    pairPhrases[at] = pairPhrases[at]! | phrases;
  }
}

let classOf: Uint32Array | undefined;
let scanned: { text: string; scan: TextScan } | undefined;

/** Looks at each character once; several rules ask for the same text one after another, so the last answer is kept. */
export function scanText(text: string): TextScan {
  if (text === scanned?.text) return scanned.scan;
  const scan = scanOnce(text);
  scanned = { text, scan };
  return scan;
}

function scanOnce(text: string): TextScan {
  classOf ??= classTable();
  let [classes, phrases, digits, han, words, numbers, longestWord, wordLength, longestNumber, numberLength] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  let mayHaveName = false;
  let hasLetter = false;
  let previous = 0;
  let previousClass: number = CHARACTER.label;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const own = classOf[code]!;
    classes |= own;
    phrases |= pairPhrases[pairHash(previous, code)]!;
    if ((own & CHARACTER.han) !== 0) {
      han += 1;
      if ((own & CHARACTER.given) !== 0 && (previousClass & CHARACTER.surname) !== 0) mayHaveName = true;
      if ((own & CHARACTER.surname) !== 0 && (previousClass & CHARACTER.label) !== 0) mayHaveName = true;
    }
    if ((own & CHARACTER.digitLike) !== 0) {
      numberLength += 1;
      if (numberLength > longestNumber) longestNumber = numberLength;
    } else if ((own & CHARACTER.inNumber) === 0) numberLength = 0;
    if ((own & CHARACTER.inWord) !== 0) {
      if ((own & (CHARACTER.digit | CHARACTER.latin)) !== 0) {
        if ((previousClass & (CHARACTER.digit | CHARACTER.latin)) === 0) {
          words += 1;
          numbers += 1;
          hasLetter = false;
        }
        if ((own & CHARACTER.digit) !== 0) digits += 1;
        else if (!hasLetter) {
          hasLetter = true;
          numbers -= 1;
        }
      }
      wordLength += 1;
      if (wordLength > longestWord) longestWord = wordLength;
    } else wordLength = 0;
    previous = code;
    previousClass = own;
  }
  return { classes, phrases, digits, longestNumber, han, words, numbers, longestWord, mayHaveName };
}

const DISGUISED_DIGITS = '零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖①②③④⑤⑥⑦⑧⑨⓪Oo';
/** Only Japanese forms characters so (Jōyō kanji list of 2010). */
export const JAPANESE_FORMS =
  '気駅広沢桜図応対売読変転済悪険験検県続総経営労働児戦歩毎亜囲壱発帰実聴顔髪歯齢渓浄斎斉滝竜黒楽薬塩拝仏価雑';

function classTable(): Uint32Array {
  const table = new Uint32Array(CODES);
  const add = (code: number, bits: number): void => {
    table[code] = table[code]! | bits;
  };
  for (let code = 0; code < CODES; code += 1) {
    const character = String.fromCharCode(code);
    let bits = 0;
    if (code >= 0x80 && code <= 0xff) bits |= CHARACTER.highLatin;
    if (isIrregular(code)) bits |= CHARACTER.irregular;
    if (/[\u1100-\u11FF\u3041-\u30FF\u3130-\u318F\uAC00-\uD7AF]/u.test(character)) bits |= CHARACTER.foreignEast;
    if (/[\p{Script=Han}\p{Co}]/u.test(character) || (code >= 0xd840 && code < 0xdc00)) {
      if (!isLevelOne(code)) bits |= CHARACTER.rareHan;
      if (isSurelyTraditional(code)) bits |= CHARACTER.traditional;
    }
    if (code >= 0x4e00 && code <= 0x9fff) bits |= CHARACTER.han;
    else if (!isPlain(code)) bits |= CHARACTER.unusual;
    if (/[\p{L}\p{N}]/u.test(character)) bits |= CHARACTER.letter;
    if (/[A-Za-z]/.test(character)) bits |= CHARACTER.latin | CHARACTER.inWord;
    if (/[A-Z]/.test(character)) bits |= CHARACTER.capital;
    if (/[0-9]/.test(character)) bits |= CHARACTER.digit | CHARACTER.digitLike | CHARACTER.inWord;
    table[code] = bits;
  }
  for (const character of DISGUISED_DIGITS) add(character.charCodeAt(0), CHARACTER.digitLike);
  for (const character of JAPANESE_FORMS) add(character.charCodeAt(0), CHARACTER.foreignEast);
  for (const character of '_-.') add(character.charCodeAt(0), CHARACTER.inWord);
  for (const character of SURNAME_WEIGHTS.keys()) add(character.charCodeAt(0), CHARACTER.surname);
  for (const name of COMPOUND_SURNAMES) add(name.charCodeAt(1), CHARACTER.surname);
  for (const character of GIVEN_WEIGHTS.keys()) add(character.charCodeAt(0), CHARACTER.given);
  for (const character of ' :：/') add(character.charCodeAt(0), CHARACTER.label);
  for (const character of '[(（【{<') add(character.charCodeAt(0), CHARACTER.openBracket);
  for (const character of ' -–—‐‑−.·()（）+*＊xX•转分机ext\uFE0F\u20E3') add(character.charCodeAt(0), CHARACTER.inNumber);
  for (const character of '*＊xX•') add(character.charCodeAt(0), CHARACTER.star);
  add(0x5b, CHARACTER.square);
  for (const character of '#＃*') add(character.charCodeAt(0), CHARACTER.hash);
  add(0x20, CHARACTER.space);
  add(0x40, CHARACTER.at);
  add(0x2e, CHARACTER.dot);
  add(0x2f, CHARACTER.slash);
  return table;
}

/** ASCII and punctuation that needs no look at Unicode's properties; no tokens. */
const isPlain = (code: number): boolean =>
  (code >= 0x20 && code <= 0x7e) ||
  code === 0x3001 ||
  code === 0x3002 ||
  (code >= 0x300a && code <= 0x3011) ||
  (code >= 0x2010 && code <= 0x2027) ||
  code === 0xff01 ||
  code === 0xff08 ||
  code === 0xff09 ||
  code === 0xff0c ||
  code === 0xff1a ||
  code === 0xff1b ||
  code === 0xff1f ||
  code === 0xffe5;

/** The bits of one character. */
export function classOfCode(code: number): number {
  classOf ??= classTable();
  return classOf[code]!;
}
