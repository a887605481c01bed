import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** logo@2x.png is a file. */
const FILE_EXTENSION = '(?:png|jpe?g|gif|webp|svg|bmp|avif|heic|tiff?|ico|js|css|json|html?)';
const EMAIL = new RegExp(
  `(?<![A-Za-z0-9._%+-])[A-Za-z0-9_](?:[A-Za-z0-9._%+-]*[A-Za-z0-9_])? ?(?:@|[(（\\[【](?:at|AT|@)[)）\\]】]) ?` +
    `(?:${LABEL}\\.)+(?!${FILE_EXTENSION}(?![A-Za-z0-9.-]))[A-Za-z]{2,24}(?![A-Za-z0-9-]|\\.[A-Za-z0-9])`,
  'gu',
);

/** E-mail addresses (RFC 5322 addr-spec without quoting, and the common `name(at)host`) become 〈邮箱〉. */
export const emails: RewriteRule<NoOptions> = {
  name: 'emails',
  unit: 'rewrite',
  options: noOptions,
  rewrite: (text) => (/@|[(（[【](?:at|AT)/u.test(text) ? replaceCounting(text, EMAIL, '〈邮箱〉') : { text, count: 0 }),
};
