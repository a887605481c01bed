import { Converter } from 'opencc-js/t2cn';
import { encodeGbk } from './legacy-encodings.ts';

/** What the traditional characters are taken to be: as in general, or in the standards of Taiwan or Hong Kong, with their own words. */
export type TraditionalForm = 't' | 'tw' | 'twp' | 'hk';

const FIRST = 0x3400;
const LAST = 0x9fff;

const converters = new Map<TraditionalForm, (text: string) => string>();
let sure: Uint8Array | undefined;
let folded: Uint16Array | undefined;

/** Traditional to simplified Chinese, by OpenCC's dictionaries of phrases and characters. */
export function simplify(text: string, form: TraditionalForm): string {
  if (!isTraditional(text)) return text;
  const convert = converters.get(form) ?? Converter({ from: form, to: 'cn' });
  converters.set(form, convert);
  return convert(text);
}

/**
 * Whether a text has a character that simplified Chinese doesn't write. 乾, 著 and 藉 are written in both, in 乾隆, 著名 and 狼藉,
 * and say nothing by themselves.
 */
export function isTraditional(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (isSurelyTraditional(text.charCodeAt(at))) return true;
  return false;
}

/** Whether simplified Chinese doesn't write a character. */
export function isSurelyTraditional(code: number): boolean {
  sure ??= sureTable();
  return code >= FIRST && code <= LAST && sure[code - FIRST] === 1;
}

/** The simplified form of one character, for comparing. */
export function foldCharacter(code: number): number {
  folded ??= foldTable();
  return code >= FIRST && code <= LAST ? folded[code - FIRST]! : code;
}

function foldTable(): Uint16Array {
  const convert = Converter({ from: 't', to: 'cn' });
  const table = new Uint16Array(LAST - FIRST + 1);
  const all = String.fromCharCode(...table.map((_, index) => FIRST + index));
  // A space keeps phrases from forming.
  const converted = convert([...all].join(' ')).split(' ');
  for (const [index, character] of converted.entries())
    table[index] = character.length === 1 ? character.charCodeAt(0) : FIRST + index;
  return table;
}

/** Characters that change, and that GB 2312, the standard of simplified Chinese, lacks. */
function sureTable(): Uint8Array {
  const table = new Uint8Array(LAST - FIRST + 1);
  for (let index = 0; index < table.length; index += 1) {
    const code = FIRST + index;
    if (foldCharacter(code) === code) continue;
    const bytes = encodeGbk(String.fromCharCode(code));
    const inStandard = bytes?.length === 2 && bytes[0]! >= 0xb0 && bytes[0]! <= 0xf7 && bytes[1]! >= 0xa1;
    if (!inStandard) table[index] = 1;
  }
  return table;
}
