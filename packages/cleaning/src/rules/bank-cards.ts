import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { scanText } from '../text/scan-text.ts';

const LEFT = '(?<![A-Za-z0-9_.]|[A-Za-z0-9][-/])';
const RIGHT = '(?![A-Za-z0-9_]|\\.\\d|[-/]\\d)';
/** 13 to 19 digits, in one or in fours (ISO/IEC 7812-1). */
const NUMBER = new RegExp(`${LEFT}(?:\\d{13,19}|\\d{4}(?:([ -])\\d{4}(?:\\1\\d{4}){1,2}(?:\\1\\d{1,4})?))${RIGHT}`, 'gu');
/** UnionPay, and what the Industrial and Commercial Bank issued before it. */
const CHINESE = /^(?:62\d{14,17}|9558\d{15})$/;
/** Visa, Mastercard, JCB, American Express, Diners. */
const FOREIGN =
  /^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|35\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11})$/;

const MIN_DIGITS = 13;
const LOOK_BACK_CHARACTERS = 14;
const CARD_WORD =
  /(?:卡号|银行卡|信用卡|储蓄卡|借记卡|账号|帐号|账户|帐户|银行|[工农建交招]行|中行|打款|转账|汇款|收款|VISA|Visa|MasterCard|卡)[^\d。！？；]{0,8}$/u;
const OTHER_WORD =
  /(?:订单|单号|快递|运单|物流|编号|流水|条码|批号|型号|序列号|货号|税号|信用代码|注册号|许可证|ISBN|SN|No|NO|IMEI|ID|Id|id|UID|uid)[^\d。！？；]{0,4}$/u;

/**
 * Numbers of bank cards become 〈银行卡〉: the Luhn checksum has to be right, and either the number begins as Chinese cards do,
 * or it is written in fours, or a word before it says what it is. Order and tracking numbers stay.
 */
export const bankCards: RewriteRule<NoOptions> = {
  name: 'bank-cards',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    if (scanText(text).longestNumber < MIN_DIGITS) return { text, count: 0 };
    return replaceCounting(text, NUMBER, (match, offset) => {
      const digits = match.replaceAll(/[ -]/g, '');
      const before = text.slice(Math.max(0, offset - LOOK_BACK_CHARACTERS), offset);
      if (!isLuhn(digits) || OTHER_WORD.test(before)) return match;
      if (CHINESE.test(digits)) return '〈银行卡〉';
      const isForeign = FOREIGN.test(digits) && (digits !== match || CARD_WORD.test(before));
      return isForeign ? '〈银行卡〉' : match;
    });
  },
};

/** ISO/IEC 7812-1, annex B. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = Number(digits[digits.length - 1 - fromRight]);
    const doubled = fromRight % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
