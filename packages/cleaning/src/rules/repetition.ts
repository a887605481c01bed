import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { CHARACTER, classOfCode } from '../text/scan-text.ts';

export interface RepetitionOptions {
  max: number;
}

const SHORT_CHARACTERS = 10;
const MIN_CHARACTERS = 4;
const NOT_LETTER = /[^\p{L}\p{N}]+/gu;

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
    const count = readLetters(text);
    if (count < MIN_CHARACTERS) return 0;
    const size = count < SHORT_CHARACTERS ? 2 : 3;
    const total = count - size + 1;
    return 1 - countDistinct(total, size) / total;
  },
  keep: (share, { max }) => share <= max,
};

/** Code units of the letters and digits of the text at hand. */
let letters = new Uint16Array(1024);
/** Open addressing: where the n-gram of a slot begins, and in the count of which text it was put there. */
let slots = new Int32Array(2048);
let writtenIn = new Int32Array(2048);
let texts = 0;

function readLetters(text: string): number {
  if (text.length > letters.length) {
    const length = 2 ** Math.ceil(Math.log2(text.length));
    letters = new Uint16Array(length);
    slots = new Int32Array(2 * length);
    writtenIn = new Int32Array(2 * length);
  }
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xe000) return readAnyLetters(text);
    if ((classOfCode(code) & CHARACTER.letter) !== 0) {
      letters[count] = code;
      count += 1;
    }
  }
  return count;
}

/** As {@link readLetters}, for texts with characters beyond the basic plane. */
function readAnyLetters(text: string): number {
  const kept = text.replaceAll(NOT_LETTER, '');
  for (let at = 0; at < kept.length; at += 1) letters[at] = kept.charCodeAt(at);
  return kept.length;
}

function countDistinct(total: number, size: number): number {
  texts += 1;
  const mask = slots.length - 1;
  let distinct = 0;
  for (let at = 0; at < total; at += 1) {
    const [first, second, third] = [letters[at]!, letters[at + 1]!, size === 3 ? letters[at + 2]! : 0];
    let slot = (Math.imul(first, 0x9e37) ^ Math.imul(second, 0x85eb) ^ Math.imul(third, 0xc2b3)) & mask;
    while (writtenIn[slot] === texts && !isSame(slots[slot]!, at, size)) slot = (slot + 1) & mask;
    if (writtenIn[slot] === texts) continue;
    writtenIn[slot] = texts;
    slots[slot] = at;
    distinct += 1;
  }
  return distinct;
}

const isSame = (left: number, right: number, size: number): boolean =>
  letters[left] === letters[right] &&
  letters[left + 1] === letters[right + 1] &&
  (size === 2 || letters[left + 2] === letters[right + 2]);
