import { z } from 'zod';
import type { RewriteRule } from '../rule.ts';
import { simplify } from '../text/simplify.ts';
import type { TraditionalForm } from '../text/simplify.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

export interface TraditionalOptions {
  /** `t` in general, `tw` and `hk` by the standards of Taiwan and Hong Kong, `twp` with the words of Taiwan too (軟體: 软件). */
  from: TraditionalForm;
}

/** Traditional Chinese becomes simplified. The original stays in the raw dataset. Its score is how many characters changed. */
export const traditional: RewriteRule<TraditionalOptions> = {
  name: 'traditional',
  unit: 'rewrite',
  options: z.strictObject({ from: z.enum(['t', 'tw', 'twp', 'hk']).default('t') }),
  rewrite(text, { from }) {
    const isSimplified = (scanText(text).classes & CHARACTER.traditional) === 0;
    const result = isSimplified ? text : simplify(text, from);
    if (result === text) return { text, count: 0 };
    let count = Math.abs(result.length - text.length);
    for (let at = 0; at < Math.min(result.length, text.length); at += 1) if (result[at] !== text[at]) count += 1;
    return { text: result, count };
  },
};
