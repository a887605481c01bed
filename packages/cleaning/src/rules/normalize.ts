import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule, Rewritten } from '../rule.ts';
import { INVISIBLE, LONE_SURROGATE, NORMALIZED_RUN, STRAY_JOINER, STRAY_TAG, WHITESPACE } from '../text/normal-forms.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

const MAX_PASSES = 8;

/** NFKC that keeps Chinese punctuation; white space of any kind to one space; controls and invisible characters removed. */
export const normalize: RewriteRule<NoOptions> = {
  name: 'normalize',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text: string): Rewritten {
    const { classes } = scanText(text);
    const isSpaced = (classes & CHARACTER.space) !== 0 && (text.includes('  ') || text.trim() !== text);
    if ((classes & CHARACTER.irregular) === 0 && !isSpaced) return { text, count: 0 };
    let result = text;
    // What one pass removes can bring characters together that the next composes.
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const next = normalizeOnce(result);
      if (next === result) break;
      result = next;
    }
    return { text: result, count: result === text ? 0 : 1 };
  },
};

function normalizeOnce(text: string): string {
  return text
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(WHITESPACE, ' ')
    .replace(INVISIBLE, '')
    .replace(STRAY_JOINER, '')
    .replace(STRAY_TAG, '')
    .replace(NORMALIZED_RUN, (run) => run.normalize('NFKC'))
    .replace(WHITESPACE, ' ')
    .trim();
}
