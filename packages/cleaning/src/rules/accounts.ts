import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { scanText } from '../text/scan-text.ts';

const SEPARATOR = '(?:[:：是为“"「]| )*';
/** A quantity follows a number that counts something. */
const QUANTITY = '(?! ?(?:人|万|亿|元|年|月|日|个|次|首|级|版|款|币|钻|条|部|台|家|名|位|分|点|天|小时|分钟|%|块|张|米))';
const QQ = new RegExp(
  `(?<=(?<![A-Za-z])(?:QQ|Qq|qq|扣扣|抠抠|(?<!\\p{Script=Han})扣(?=[:： ]?[1-9]\\d{6})|企鹅|加 ?[Qq]|[QＱqq]群|(?<=[进加入欢迎]{0,2})群(?=号)|[➕+] ?[Qq]|(?<![\\p{L}\\p{N}])[Qq](?=[:： ]))(?:群|号码|号|群号)?${SEPARATOR})(?<!\\d)[1-9]\\d{4,10}(?![\\dA-Za-z_]|[-./]\\d)${QUANTITY}`,
  'gu',
);
/** How people write the name of WeChat where they mean an account on it. */
const WECHAT =
  '(?:微[^\\p{L}\\p{N}\\s，。]{1,3}[信号]|绿泡泡?|绿色软件|微信号|微信ID|微信id|微信|威信|薇信|徽信|维信|V信|v信|微X|加(?:我|个)?[薇微威徽]|加(?:我|个)?卫星|(?<![A-Za-z])(?:VX|Vx|vx|WX|wx|[Ww]e[Cc]hat|[Ww]ei[Xx]in|WeiXin|WEIXIN|WECHAT|加 ?V|加 ?v|[+➕] ?V|[+➕] ?v|V我|(?<![\\p{L}\\p{N}])[Vv](?=[:： ])))';
/** Accounts elsewhere count after a word that means an account, or a colon. */
const ELSEWHERE = new RegExp(
  `(?<=(?:(?:抖音|快手|小红书|微博|B站|知乎|陌陌|支付宝|淘宝|视频|公众|西瓜|火山|豆瓣|贴吧|闲鱼|Ins|INS|ins|推特|脸书)(?:号|搜?(?:索)? ?ID|id|Id|UID|uid|[账帐]号)|(?:抖音|快手|小红书|新浪微博|微信公众号|陌陌|Telegram|TG|tg|Skype|skype|LINE|Line|Instagram|instagram|Twitter|twitter|ins|INS)(?=[:：]))(?:码)?${SEPARATOR})(?<![A-Za-z0-9_-])(?:[A-Za-z][-_.A-Za-z0-9]{3,24}[A-Za-z0-9_]|\\d{5,12})(?![-_A-Za-z0-9])${QUANTITY}`,
  'gu',
);
const WECHAT_ID = new RegExp(
  `(?<=${WECHAT}(?:号码?)?${SEPARATOR})(?<=[:：是为“"「 号VvXxDdTtNn信薇微威徽星我泡])(?<![A-Za-z0-9_-])([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9]\\d{9})(?![-_A-Za-z0-9.])${QUANTITY}`,
  'gu',
);
/** After a colon, or after a word that means an account and nothing else, a name in small letters is one too. */
const SURE =
  /(?:[:：]|微信号|微信ID|微信id|微[^\p{L}\p{N}\s，。]{1,3}[信号]|V信|v信|薇信|威信|徽信|维信|VX|Vx|vx|WX|wx|加 ?[Vv]|[+➕] ?[Vv])[是为 号:：]*$/u;
const MIN_ACCOUNT = 5;
const PRODUCT = /^(?:wechat|weixin|android|iphone|windows|harmonyos|official|version|beta)/iu;

/** Accounts on QQ, WeChat, Weibo and the like become 〈账号〉 where a word says what they are; the word stays. */
export const accounts: RewriteRule<NoOptions> = {
  name: 'accounts',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    if (scanText(text).longestWord < MIN_ACCOUNT) return { text, count: 0 };
    const qq = replaceCounting(text, QQ, '〈账号〉');
    const wechat = replaceCounting(qq.text, WECHAT_ID, (match, offset) => {
      if (PRODUCT.test(match) && !/\d{2}|_/u.test(match)) return match;
      const isPlain = !/[\d_]/u.test(match);
      const isSmall = /^[a-z-]+$/u.test(match);
      return !isPlain || (isSmall && SURE.test(qq.text.slice(0, offset))) ? '〈账号〉' : match;
    });
    const elsewhere = replaceCounting(wechat.text, ELSEWHERE, '〈账号〉');
    return { text: elsewhere.text, count: qq.count + wechat.count + elsewhere.count };
  },
};
