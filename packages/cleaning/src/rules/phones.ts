import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';

const CHINA = '(?:(?:\\+|00)?86[- ]?)?';
const EXTENSION = '(?:(?:-|转| ?ext\\.? ?)\\d{1,5})?';
/** Numbering plan of the ministry (2017 edition): 11 digits from 13 to 19; written 3-4-4, 5-6 or in one, perhaps masked. */
const MOBILE = `${CHINA}1[3-9]\\d(?:\\d{8}|-\\d{4}-\\d{4}| \\d{4} \\d{4}|\\.\\d{4}\\.\\d{4}|\\d{2}[- ]\\d{6}|[*xX•]{4}\\d{4})`;
const AREA_OF_8 = '(?:010|02[0-57-9])';
const AREA = `(?:${AREA_OF_8}|0[3-9]\\d{2})`;
/** A local number begins with 2..8. */
const LOCAL = '(?:[2-8]\\d{3}[- ]?\\d{4}|[2-8]\\d{2}[- ]?\\d{4})';
const LANDLINE = `(?:${CHINA}(?:${AREA}[- ]|[(（]${AREA}[)）] ?)|\\+86[- ]?[1-9]\\d{1,2}[- ])${LOCAL}${EXTENSION}`;
const SERVICE = '[48]00(?:-\\d{3}-\\d{4}|-\\d{4}-\\d{3}|-\\d{7}| \\d{3} \\d{4}| \\d{4} \\d{3})';
const FOREIGN = '\\+(?!86)[1-9]\\d{0,2}[- ](?:\\(\\d{1,4}\\)[- ]?)?\\d{1,4}(?:[- ]\\d{2,4}){2,3}';
/** Bare numbers count only after a word that announces them. */
const ANNOUNCED = `(?:${AREA}${LOCAL}${EXTENSION}|[48]00\\d{7}|${LOCAL}${EXTENSION})`;

/** Neither part of a longer number, name or code … */
const LEFT = '(?<![A-Za-z0-9_]|[A-Za-z0-9][-./#])';
/** … nor followed by one, by decimals or by a unit. */
const RIGHT = '(?![A-Za-z0-9_]|[-./]\\d|,\\d{3}(?!\\d)| ?(?:元|万|亿|人次|人|吨|公里|千米|米|次|年|月|%|美元|字节|个|件|倍))';

const NUMBER = new RegExp(`${LEFT}(?:${MOBILE}${EXTENSION}|${LANDLINE}|${SERVICE}|${FOREIGN})${RIGHT}`, 'gu');
const AFTER_WORD = new RegExp(
  `(?=[\\d])(?<=(?:电话|手机|座机|热线|传真|专线|电联|致电|拨打|联系方式|Tel|TEL|tel|Phone|phone|Fax|FAX|☎️?|📞|☏)(?:号码?|[是为])?[.:：]? ?)(?<!\\d)${ANNOUNCED}${RIGHT}`,
  'gu',
);
/** A word just before the digits that says they are something else. */
const OTHER_NUMBER =
  /(?:型号|编号|货号|款号|批号|单号|订单|快递|运单|产品|商品|条码|编码|代码|序列号|流水号|证号|证书号|卡号|(?<!支付宝|微信)[账帐]号|学号|工号|专利|邮编|浏览|阅读|播放|点击|ISBN|ISSN|SKU|SN|No|NO|ID|Id|id|QQ|qq|q|UID|uid|[¥￥$€£])(?:号码?|量|数|[是为])?[.:：# ]*$/u;
const LOOK_BACK_CHARACTERS = 12;

const TOKEN = '〈电话〉';

/** Mobile, landline, service and foreign phone numbers become 〈电话〉; codes, dates and amounts that look like them stay. */
export const phones: RewriteRule<NoOptions> = {
  name: 'phones',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    if (!/\d{3}/.test(text)) return { text, count: 0 };
    const numbers = replaceCounting(text, NUMBER, (match, offset) => {
      const before = text.slice(Math.max(0, offset - LOOK_BACK_CHARACTERS), offset);
      return OTHER_NUMBER.test(before) ? match : TOKEN;
    });
    const announced = replaceCounting(numbers.text, AFTER_WORD, TOKEN);
    return { text: announced.text, count: numbers.count + announced.count };
  },
};
