import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

/** Short names of provinces that hardly occur inside words … */
const RARE = '[沪渝冀豫皖鲁浙赣鄂桂晋蒙陕闽粤琼湘]';
/** … those that are the end of a few words only … */
const AMBIGUOUS =
  '(?:(?<![北南东燕])京|(?<!天)津|辽|甘|(?<!天)吉|(?<![江流复紫姑])苏|(?<![珍高富宝名])贵|(?<![四长冬平])川|(?<![收珍宝西])藏|(?<![南西列康安])宁)';
/** … and those that do: 最新A, 白云B, 黑A. They begin a plate only where a clause begins or a word leads up to one. */
const COMMON = '(?:(?<!\\p{Script=Han})|(?<=[牌号照车辆为是的驾驶乘坐开着助见到、与和挂]))[京津云辽黑苏甘吉贵青藏川宁新]';
/** GA 36-2018: a letter of the authority, then five letters or digits without I and O, or six for new energy. */
const SERIAL = '[A-HJ-NP-Z0-9]';
const PLATE = new RegExp(
  `(?:${RARE}|${AMBIGUOUS}|${COMMON})[A-HJ-NP-Z] ?[·•.\\-]? ?(?=${SERIAL}{0,5}\\d)(?:${SERIAL}{4}[A-HJ-NP-Z0-9挂学警港澳领]|[DF]${SERIAL}\\d{4}|\\d{5}[DF])(?![A-Za-z0-9])(?! ?(?:元|万|亿|人|米|公里|股|点|年|次))`,
  'gu',
);

/** Registration plates of cars become 〈车牌〉. */
export const plates: RewriteRule<NoOptions> = {
  name: 'plates',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    const { classes, digits } = scanText(text);
    const isMaybe = (classes & CHARACTER.capital) !== 0 && digits > 0;
    return isMaybe ? replaceCounting(text, PLATE, '〈车牌〉') : { text, count: 0 };
  },
};
