/**
 * The words that METEOR 1.5 compares when it is called as pycocoevalcap calls it (`-l en -norm`).
 *
 * Its normaliser knows Western letters only and sets every other character apart: however a Chinese sentence was segmented, METEOR sees
 * characters. So its figure is the same for every tokenizer that keeps all characters. Capitals become small, typographic double quotes
 * straight, and a comma beside something other than a digit becomes a word.
 */
export function meteorWords(tokens: readonly string[]): string[] {
  return tokens
    .join(' ')
    .replaceAll(/[^0-9A-Za-zÀ-ÖØ-öø-žЀ-ԧ\s.'`,\-‘’]/gu, ' $& ')
    .replaceAll(/(?<!\d),|,(?!\d)/gu, ' , ')
    .replaceAll(/[`‘’]/gu, "'")
    .replaceAll(/[“”]|''/gu, ' " ')
    .replaceAll('–', '-')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** Punctuation that METEOR's English list counts as function words, which weigh a third of a content word. */
export const FUNCTION_PUNCTUATION: ReadonlySet<string> = new Set([',', '.', ':', '?', '"', "'", '(', ')', '-', '$', '—']);
