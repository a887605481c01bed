/** Zero-width characters, soft hyphens and byte order marks, which only get between the characters of a word. */
const INVISIBLE = /[\u00AD\u200B\u200C\u200E\u200F\u2060\uFEFF]/g;
const CONTROL = /\p{Cc}/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Longest text that is kept of anything. */
export const MAX_TEXT_CHARACTERS = 4_000;

/** One line of text as a reader sees it: white space collapsed, nothing invisible, at most so many UTF-16 code units. */
export function cleanText(text: string, maxCharacters: number = MAX_TEXT_CHARACTERS): string {
  const line = text
    .replaceAll(INVISIBLE, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(CONTROL, '')
    .replaceAll(LONE_SURROGATE, '\uFFFD')
    .trim();
  return line.length <= maxCharacters ? line : withoutHalf(line.slice(0, maxCharacters)).trimEnd();
}

/** The end of a text, at most so many UTF-16 code units of it. */
export function endOfText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return text
    .slice(-maxCharacters)
    .replace(/^[\uDC00-\uDFFF]/, '')
    .trimStart();
}

/** Cuts no character outside the basic plane in two. */
const withoutHalf = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '');
