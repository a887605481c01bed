import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { WordMatcher } from '../text/word-matcher.ts';

export interface SensitiveWordsOptions {
  /** All words, those of the lists included, so that the recipe of a dataset says what was looked for. */
  words: string[];
  /** Occurrences that are let pass. */
  max: number;
}

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/u)
    .map((line) => line.replace(/(?:^|\s)#.*$/u, '').trim())
    .filter((line) => line !== '');

/**
 * Drops texts with words of a list; the package brings none. `words` are words, `lists` are text files with one word a line and
 * `#` before remarks. Score: how many there are. {@link WordMatcher} says through what they are seen.
 */
export const sensitiveWords: TextRule<SensitiveWordsOptions> = {
  name: 'sensitive-words',
  unit: 'text',
  thresholds: ['max'],
  options: z
    .strictObject({
      words: z.array(z.string().min(1)).default([]),
      lists: z.array(z.string().min(1)).default([]),
      max: z.int().min(0).default(0),
    })
    .transform(({ words, lists, max }, context) => {
      const all = [...words];
      for (const file of lists) {
        try {
          all.push(...lines(readFileSync(file, 'utf8')));
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
          context.addIssue({
            code: 'custom',
            path: ['lists'],
            message: `${file} can't be read (${code}); name a text file with one word a line`,
          });
        }
      }
      return { words: [...new Set(all)], max };
    }),
  measure: (text, { words }) => (words.length === 0 ? 0 : matcherOf(words).find(text).length),
  keep: (count, { max }) => count <= max,
};

const matchers = new WeakMap<readonly string[], WordMatcher>();

function matcherOf(words: readonly string[]): WordMatcher {
  let matcher = matchers.get(words);
  if (matcher === undefined) {
    matcher = new WordMatcher(words);
    matchers.set(words, matcher);
  }
  return matcher;
}
