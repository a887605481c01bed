import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

// An address right behind another one is one of its own.
const TAIL = "(?:(?:(?!https?://)[A-Za-z0-9\\-._~:/?#@!$&'*+,;=%])*(?!https?://)[A-Za-z0-9/_~=&#%+-])?";
/** Titles of articles, as browsers show them. */
const ARTICLE = '(?:(?<=/(?:wiki|item|hans?|subject|word)/)[\\p{Script=Han}A-Za-z0-9_()%-]+(?:/\\d+)?)?';
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** Ends of names that mean a host even without a path … */
const SURE_END = '(?:(?:com|net|org|gov|edu|ac)\\.(?:cn|hk|tw)|com|cn|org|gov|edu)';
/** … and others, which are also parts of names (ASP.net, socket.io): they need a path. */
const OTHER_END = '(?:net|info|io|me|tv|cc|co|top|xyz|vip|club|site|online|ink|hk|tw|jp|us|uk|ly|im|fm|ai)';

const URL_PATTERN = new RegExp(
  [
    `(?:https?|(?<![A-Za-z0-9])ftp)[:：]//${LABEL}${TAIL}${ARTICLE}`,
    `(?<![A-Za-z0-9.@-])(?:www|WWW)\\.${LABEL}(?:\\.${LABEL})+(?:[/:?]${TAIL}${ARTICLE})?`,
    // Lower case only: Amazon.com is a company's name.
    `(?<![A-Za-z0-9.@/_-]|[A-Za-z0-9][#*]|艾特 ?|[A-Za-z0-9] at )(?<!(?:at|AT|@)[)）\\]】] ?)(?:[a-z0-9][a-z0-9-]*\\.)+(?:${SURE_END}(?![A-Za-z0-9@_.-]*@)(?![A-Za-z0-9_-]|\\.[a-z])(?:[/:?]${TAIL}${ARTICLE})?|${OTHER_END}/[A-Za-z0-9]${TAIL})`,
  ].join('|'),
  'gu',
);

/** Web addresses, with a scheme or without one, become 〈网址〉. */
export const urls: RewriteRule<NoOptions> = {
  name: 'urls',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    const { classes } = scanText(text);
    const isMaybe = (classes & CHARACTER.latin) !== 0 && (classes & (CHARACTER.dot | CHARACTER.slash)) !== 0;
    return isMaybe ? replaceCounting(text, URL_PATTERN, '〈网址〉') : { text, count: 0 };
  },
};
