import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

/** First two digits of the division: provinces, autonomous regions, municipalities, Taiwan, Hong Kong and Macao (GB/T 2260). */
const PROVINCE = '(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])';
const MONTH_DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])';
const LEFT = '(?<![A-Za-z0-9_.])';
const RIGHT = '(?![A-Za-z0-9_]|\\.\\d)';

/** Eighteen characters, the last of which checks the others; perhaps written 6-8-4 or masked. */
const CITIZEN = new RegExp(
  `${LEFT}${PROVINCE}\\d{4}[- ]?(?:18|19|20)\\d{2}${MONTH_DAY}[- ]?\\d{3}[\\dXx]${RIGHT}|${LEFT}${PROVINCE}\\d{0,4}[*＊xX•]{6,14}\\d{2,3}[\\dXx]${RIGHT}`,
  'gu',
);
/** Fifteen digits without a check, of before 1999, and papers of other kinds: only after a word that announces them. */
const ANNOUNCED = new RegExp(
  `(?<=(?:身份证|证件|身份)(?:号码?|编号)?(?:[是为:：]| )*)(?<![\\d])(?:${PROVINCE}\\d{4}\\d{2}${MONTH_DAY}\\d{3}|${PROVINCE}\\d{4}(?:18|19|20)\\d{2}${MONTH_DAY}\\d{3}[\\dXx])${RIGHT}` +
    `|(?<=(?:护照|通行证|回乡证|台胞证|军官证|驾驶证|驾照)(?:号码?|编号)?(?:[是为:：]| )*)(?<![A-Za-z0-9])(?:[A-Z]{1,2}\\d{7,8}|${PROVINCE}\\d{4}(?:19|20)\\d{2}${MONTH_DAY}\\d{3}[\\dXx])${RIGHT}`,
  'gu',
);

const [MIN_DIGITS, MIN_MASKED_DIGITS] = [7, 4];
const TOKEN = '〈证件号〉';

/** Numbers of identity cards, by their checksum (GB 11643-1999), and of passports and permits that are called so, become 〈证件号〉. */
export const idCards: RewriteRule<NoOptions> = {
  name: 'id-cards',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    const { classes, longestNumber } = scanText(text);
    if (longestNumber < ((classes & CHARACTER.star) === 0 ? MIN_DIGITS : MIN_MASKED_DIGITS)) return { text, count: 0 };
    const checked = replaceCounting(text, CITIZEN, (match) =>
      /[*＊•xX]{2}/u.test(match) || isCitizenNumber(match) ? TOKEN : match,
    );
    const announced = replaceCounting(checked.text, ANNOUNCED, TOKEN);
    return { text: announced.text, count: checked.count + announced.count };
  },
};

const CHECK_CHARACTERS = '10X98765432';

/** ISO/IEC 7064, MOD 11-2. */
function isCitizenNumber(written: string): boolean {
  const characters = written.replaceAll(/[- ]/g, '').toUpperCase();
  let sum = 0;
  for (let at = 0; at < 17; at += 1) sum += Number(characters[at]) * (2 ** (17 - at) % 11);
  return CHECK_CHARACTERS[sum % 11] === characters[17];
}
