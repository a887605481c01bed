import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';

const SEPARATOR = '(?:[:：是为]| )*';
/** A quantity follows a number that counts something. */
const QUANTITY = '(?! ?(?:人|万|亿|元|年|月|日|个|次|首|级|版|款|币|钻|条|部|台|家|名|位|点|天|小时|分钟|%|块|张|米))';
const QQ = new RegExp(
  `(?<=(?<![A-Za-z])(?:QQ|Qq|qq|扣扣|企鹅|加Q|加q|[QＱ]群)(?:群|号码|号|群号)?${SEPARATOR})(?<!\\d)[1-9]\\d{4,10}(?![\\dA-Za-z_]|[-./]\\d)${QUANTITY}`,
  'gu',
);
/** How people write the name of WeChat where they mean an account on it. */
const WECHAT = '(?:微信号|微信ID|微信id|微信|威信|薇信|徽信|V信|v信|微X|(?<![A-Za-z])(?:VX|Vx|vx|WX|wx|加V|加v|[+＋]V|[+＋]v))';
const WECHAT_ID = new RegExp(
  `(?<=${WECHAT}(?:号码?)?${SEPARATOR})(?<=[:：是为 号VvXxDd信])(?<![A-Za-z0-9_-])([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9]\\d{9})(?![-_A-Za-z0-9.])${QUANTITY}`,
  'gu',
);
/** After a colon, or after a word that means an account and nothing else, a name in small letters is one too. */
const SURE = /(?:[:：]|微信号|微信ID|微信id|V信|v信|薇信|威信|徽信|VX|Vx|vx|WX|wx|加V|加v|[+＋][Vv])[是为 号:：]*$/u;
const PRODUCT = /^(?:wechat|weixin|android|iphone|windows|harmonyos|official|version|beta)/iu;

/** Accounts on QQ and WeChat become 〈账号〉 where a word says what they are; the word stays. */
export const accounts: RewriteRule<NoOptions> = {
  name: 'accounts',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    if (!/[A-Za-z\d]{5}/.test(text) && !/[-_A-Za-z\d]{6}/.test(text)) return { text, count: 0 };
    const qq = replaceCounting(text, QQ, '〈账号〉');
    const wechat = replaceCounting(qq.text, WECHAT_ID, (match, offset) => {
      if (PRODUCT.test(match) && !/\d{2}|_/u.test(match)) return match;
      const isPlain = !/[\d_]/u.test(match);
      const isSmall = /^[a-z-]+$/u.test(match);
      return !isPlain || (isSmall && SURE.test(qq.text.slice(0, offset))) ? '〈账号〉' : match;
    });
    return { text: wechat.text, count: qq.count + wechat.count };
  },
};
