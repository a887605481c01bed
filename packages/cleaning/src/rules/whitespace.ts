import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { CJK_LETTER, CJK_PUNCTUATION } from '../text/characters.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

const SPACES = new RegExp(
  `(?<=[${CJK_LETTER}“”‘’—·]) +(?=[${CJK_LETTER}“”‘’—·])|(?<=[${CJK_PUNCTUATION}]) +| +(?=[${CJK_PUNCTUATION}])`,
  'gu',
);

/**
 * Removes spaces between Chinese characters and around Chinese punctuation: line breaks of the page and hand-made justification.
 * In a text of the kind `tag` they separate tags, and stay.
 */
export const whitespace: RewriteRule<NoOptions> = {
  name: 'whitespace',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text, _options, { kind }) {
    if (kind === 'tag' || (scanText(text).classes & CHARACTER.space) === 0) return { text, count: 0 };
    let count = 0;
    const result = text.replace(SPACES, () => {
      count += 1;
      return '';
    });
    return { text: result, count };
  },
};
