import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule, Rewritten } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { scanText } from '../text/scan-text.ts';

const CHINA = '(?:(?:\\(\\+?86\\)|(?:\\+|00)?86)[- ]?)?';
const EXTENSION = '(?:(?:-| ?转(?:分机)? ?| ?分机 ?| ?ext\\.? ?)\\d{1,5})?';
/** Numbering plan of the ministry (2017 edition): 11 digits from 13 to 19; in one, 3-4-4, 3-8, 7-4, 5-6, 4-4-3, 3-3-5 or 3-5-3, perhaps masked. */
const MOBILE =
  `${CHINA}(?:1[3-9]\\d(?:\\d{8}|-\\d{4}-\\d{4}| \\d{4} \\d{4}|\\.\\d{4}\\.\\d{4}|[- ]\\d{8}|\\d{4}[- ]\\d{4}|\\d{2}[- ]\\d{6}` +
  `|\\d([- ])\\d{4}\\1\\d{3}|([- ])\\d{3}\\2\\d{5}|([- ])\\d{5}\\3\\d{3}|[*xX•]{4}\\d{4})|1([-. ])[3-9](?:\\4\\d){9})`;
const AREA_OF_8 = '(?:010|02[0-57-9])';
const AREA = `(?:${AREA_OF_8}|0[3-9]\\d{2})`;
/** A local number begins with 2..8. */
const LOCAL = '(?:[2-8]\\d{3}[- ]?\\d{4}|[2-8]\\d{2}[- ]?\\d{4})';
/** Behind an area code, any digit but 0: so are the numbers that people make up. */
const LOCAL_WITH_AREA = '(?:[1-9]\\d{3}[- ]?\\d{4}|[1-9]\\d{2}[- ]?\\d{4})';
const LANDLINE = `(?:${CHINA}(?:${AREA}[- ]{1,2}|[(（]${AREA}[)）][- ]?)|(?:\\+|00)86[- ]?[1-9]\\d{1,2}[- ])${LOCAL_WITH_AREA}${EXTENSION}`;
const SERVICE = '[48]00(?:-\\d{3}-\\d{4}|-\\d{4}-\\d{3}|-\\d{7}| \\d{3} \\d{4}| \\d{4} \\d{3}|-\\d{2}-\\d{5}|-\\d{5}-\\d{2})';
const FOREIGN = '\\+(?!86)[1-9]\\d{0,2}[- ](?:\\(\\d{1,4}\\)[- ]?)?\\d{1,4}(?:[- ]\\d{2,4}){2,3}';
/** Bare numbers count only after a word that announces them. */
const ANNOUNCED = `(?:${AREA}${LOCAL}${EXTENSION}|[48]00\\d{7}|${LOCAL}${EXTENSION}|1[3-9]\\d(?:[-. ·]?\\d){8})`;

/** Neither part of a longer number, name or code (two phone numbers may share a stroke) … */
const LEFT = '(?<![A-Za-z0-9_]|[A-Za-z0-9][-.#]|(?<!\\d{7})[A-Za-z0-9]/)';
/** … nor followed by one, by decimals or by a unit. */
const RIGHT =
  '(?![A-Za-z0-9_]|[-.]\\d|/\\d(?![- ]?\\d{2,3}[- ]?\\d{3})|,\\d{3}(?!\\d)| ?(?:元|万|亿|人次|吨|公里|千米|%|美元|字节|倍)|人|米|次|年|月|个|件)';

const NUMBER = new RegExp(`${LEFT}(?:${MOBILE}${EXTENSION}|${LANDLINE}|${SERVICE}|${FOREIGN})${RIGHT}`, 'gu');
const AFTER_WORD = new RegExp(
  `(?=[\\d])(?<=(?:电话|手机|座机|热线|传真|专线|电联|致电|拨打|联系方式|客服|投诉|Tel|TEL|tel|Phone|phone|Fax|FAX|☎️?|📞|☏)(?:号码?|[是为打找拨])?[.:：]? ?|(?:请打|拨|找) ?(?=[48]00)|〈电话〉 ?[、，,/;；或和] ?)(?<!\\d)${ANNOUNCED}${RIGHT}`,
  'gu',
);
/** A digit in any dress that hides a number from programs: 一三八, 壹叁捌, ①③⑧, 1️⃣3️⃣8️⃣. */
const DISGUISED = '(?:\\d(?:\\uFE0F?\\u20E3)?|[零〇Oo一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖①-⑨⓪])';
const DISGUISED_NUMBER = new RegExp(
  `(?<!${DISGUISED}|[A-Za-z])(?=[1一幺壹①][^\\d]*[3-9三四五六七八九叁肆伍陆柒捌玖③-⑨])${DISGUISED}(?:[-. ]?${DISGUISED}){10}(?!${DISGUISED}|[A-Za-z])`,
  'gu',
);
/** At least two of its digits stand in such a dress. */
const MAYBE_DISGUISED =
  /(?:[零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖①-⑨⓪]|\u20E3).{0,12}(?:[零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖①-⑨⓪]|\u20E3)/u;
/** A word just before the digits that says they are something else. */
const OTHER_NUMBER =
  /(?:型号|编号|货号|款号|批号|单号|订单|快递|运单|产品|商品|条码|编码|代码|序列号|流水号|证号|证书号|卡号|(?<!支付宝|微信)[账帐]号|学号|工号|专利|邮编|浏览|阅读|播放|点击|ISBN|ISSN|SKU|SN|No|NO|ID|Id|id|QQ|qq|q|UID|uid|[¥￥$€£])(?:号码?|量|数|[是为])?[.:：# ]*$/u;
const LOOK_BACK_CHARACTERS = 12;

/** A local number, and a mobile one. */
const [MIN_DIGITS, MOBILE_DIGITS] = [7, 11];

const TOKEN = '〈电话〉';

/** Mobile, landline, service and foreign phone numbers become 〈电话〉; codes, dates and amounts that look like them stay. */
export const phones: RewriteRule<NoOptions> = {
  name: 'phones',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    if (scanText(text).longestNumber < MIN_DIGITS) return { text, count: 0 };
    // 010—66123456: any dash will do, where there is a number.
    const dashed = LONG_DASH.test(text) ? text.replaceAll(LONG_DASHES, '-') : text;
    const result = replacePhones(dashed);
    return result.count === 0 ? { text, count: 0 } : result;
  },
};

const LONG_DASH = /\d[–—‐‑−]\d/u;
const LONG_DASHES = /(?<=\d)[–—‐‑−](?=\d)/gu;

function replacePhones(text: string): Rewritten {
  const isMaybeDisguised = scanText(text).longestNumber >= MOBILE_DIGITS && MAYBE_DISGUISED.test(text);
  const disguised = isMaybeDisguised ? replaceCounting(text, DISGUISED_NUMBER, TOKEN) : { text, count: 0 };
  if (!/\d{3}|\d([-. ])\d\1\d/.test(disguised.text)) return disguised;
  const numbers = replaceCounting(disguised.text, NUMBER, (match, offset) => {
    const before = disguised.text.slice(Math.max(0, offset - LOOK_BACK_CHARACTERS), offset);
    return OTHER_NUMBER.test(before) ? match : TOKEN;
  });
  const announced = replaceCounting(numbers.text, AFTER_WORD, TOKEN);
  return { text: announced.text, count: disguised.count + numbers.count + announced.count };
}
