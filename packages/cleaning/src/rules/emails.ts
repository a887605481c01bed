import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** logo@2x.png is a file. */
const FILE_EXTENSION = '(?:png|jpe?g|gif|webp|svg|bmp|avif|heic|tiff?|ico|js|css|json|html?)';
/** https://user:password@host is an address of the web. */
const NOT_IN_URL = '(?<!://[A-Za-z0-9:._~/%+-]{0,80})';
const NAME = '(?<![A-Za-z0-9._%+-])[A-Za-z0-9_](?:[A-Za-z0-9._%+-]*[A-Za-z0-9_])?';
const BRACKETED_AT = '[(（\\[【{<] ?(?:at|AT|At|@|艾特|a) ?[)）\\]】}>]';
const DOT = '(?:\\.| ?[(（\\[【{<] ?(?:dot|DOT|Dot|点|\\.) ?[)）\\]】}>] ?| (?:dot|DOT) |点|。)';
const TOP_LABEL = `(?!${FILE_EXTENSION}(?![A-Za-z0-9.-]))[A-Za-z]{2,24}`;
const END = '(?![A-Za-z0-9-]|\\.[A-Za-z0-9])';
/** Services where so many have their mailbox that even name#163.com and "name at qq dot com" are one. */
const SERVICE =
  '(?:163|126|139|189|qq|QQ|vip\\.qq|vip\\.163|yeah|gmail|Gmail|sina|sohu|foxmail|Foxmail|outlook|hotmail|icloud|aliyun|yahoo|live|msn|wo|tom|21cn)';
const EMAIL = new RegExp(
  [
    `${NOT_IN_URL}${NAME} ?(?:@|${BRACKETED_AT}) ?(?:${LABEL}\\.)+${TOP_LABEL}${END}`,
    `${NAME} ?(?:@|${BRACKETED_AT}) ?${LABEL}(?:${DOT}(?:com|cn|net|org|edu))+${END}`,
    `${NAME}(?: ?[#*＃] ?| (?:at|AT|At) | ?艾特 ?| ?圈a ?|_at_)${SERVICE}${DOT}(?:com|cn|net)(?:\\.cn)?${END}`,
    `${NAME} (?:at|AT) ${LABEL} (?:dot|DOT) ${TOP_LABEL}${END}`,
    // In capitals, it stands for the sign.
    `${NAME} AT (?:${LABEL}\\.)+(?:com|cn|net|org|edu)${END}`,
  ].join('|'),
  'gu',
);
/** What one of these has in it. */
const MAYBE = /@|[(（[【{<] ?(?:at|AT|At|艾特|a)|[#*＃] ?[A-Za-z1]| (?:at|AT|At) |艾特|圈a|_at_/u;

/** E-mail addresses (RFC 5322 addr-spec without quoting, and name(at)host, name#163.com, name at qq dot com) become 〈邮箱〉. */
export const emails: RewriteRule<NoOptions> = {
  name: 'emails',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    const isMaybe = (scanText(text).classes & CHARACTER.latin) !== 0 && MAYBE.test(text);
    return isMaybe ? replaceCounting(text, EMAIL, '〈邮箱〉') : { text, count: 0 };
  },
};
