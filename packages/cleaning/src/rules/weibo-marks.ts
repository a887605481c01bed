import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule, Rewritten } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, PHRASES, scanText } from '../text/scan-text.ts';

const NAME = '[\\p{Script=Han}A-Za-z0-9_·-]{2,30}';
/** Who is answered or quoted: the head of a reply, and `//@name:` between the comments of a chain of reposts. */
const REPLY = new RegExp(`(?:回复|转发)? ?(?://)? ?@${NAME} ?[:：]`, 'gu');
/** 单价@5元 is no mention. */
const MENTION = new RegExp(`(?<![A-Za-z0-9._])@(?!\\d+(?:\\.\\d+)?[元块角])${NAME}`, 'gu');
/** The words of a topic stay, as they say what the post is about; 1#楼 and C# are no topics. */
const TOPIC = /(?<![A-Za-z0-9&])#([^#\s@[\]][^#@\n]{0,38}?)(?:\[[\p{Script=Han}]{1,4}\])?(?<!\s)#/gu;
/** Captions of links and players, which Weibo puts after the text; the O or L is what its icon font leaves. */
const LINK_CAPTION =
  /(?<![\p{L}\p{N}])来自 ?(?:iPhone|Android|HUAWEI|华为|小米|OPPO|vivo|荣耀|微博)[^，。\s]{0,12}客户端(?![\p{L}\p{N}])|[O🔗](?:网页链接|视频|投票|文章|直播)(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])(?:网页链接|全景图片|微博视频|秒拍视频|L?[\p{Script=Han}A-Za-z0-9_·-]{1,20}的(?:微博视频|微博直播|秒拍视频|优酷视频))(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])[O📍]?[\p{Script=Han}A-Za-z0-9·]{1,20} ?显示地图(?![\p{L}\p{N}])/gu;

/** Names of Weibo's own emoticons, as its input panel lists them. */
const EMOTICONS = new Set(
  `微笑 可爱 太开心 开心 鼓掌 嘻嘻 哈哈 笑cry 挤眼 馋嘴 黑线 汗 挖鼻 哼 怒 委屈 可怜 失望 悲伤 泪 允悲 苦涩 害羞 污 爱你 亲亲 抱一抱 色 舔屏 憧憬 doge 喵喵
  二哈 哇 坏笑 阴险 笑而不语 偷笑 666 酷 并不简单 思考 疑问 费解 晕 衰 骷髅 嘘 闭嘴 傻眼 裂开 吃惊 吐 感冒 生病 拜拜 再见 鄙视 白眼 左哼哼 右哼哼 抓狂
  怒骂 打脸 顶 互粉 钱 哈欠 困 睡 吃瓜 打call 求饶 抱抱 摊手 跪了 挤眼 酸 跪拜 躺平 开学季 赢牛奶 单身狗 广告 心 伤心 握手 赞 赞啊 good 弱 NO no 耶 拳头 ok OK
  来 haha 加油 作揖 给力 威武 浮云 礼物 蛋糕 蜡烛 飞机 围观 话筒 奥特曼 熊猫 兔子 猪头 男孩儿 女孩儿 鲜花 玫瑰 干杯 红包 发红包 炸弹 足球 照相机 音乐 绿丝带 太阳 月亮
  微风 下雨 沙尘暴 雪花 雪人 落叶 最右 神马 织 囧 萌 喜 互粉 带着微博去旅行 西瓜 圣诞老人 圣诞树 中国赞 给你小心心 羞嗒嗒 许愿 福到啦 月饼 粽子 元宝 锦鲤 鞭炮
  哆啦A梦微笑 哆啦A梦吃惊 哆啦A梦花心 小黄人微笑 小黄人高兴 看涨 看跌 口罩 心碎 亲 呵呵 拜年 点赞 比心 捂脸 偷乐 挑眉 大哭 流泪 爱心 强 胜利 ok手势 好的 赞赞 嘿哈 送花花 彩虹屁 彩虹
  机智 奸笑 旺柴 吃瓜群众 哇塞 翻白眼 泪奔 色色 可怜巴巴 星星眼 抱拳 合十 握拳 庆祝 烟花 气球 福 舞龙 牛 羊年大吉 求关注 推荐 话筒 钟 悲催 挖鼻屎 打哈气 打脸 生日快乐`.split(
    /\s+/u,
  ),
);
const BRACKETED = /\[([\p{Script=Han}A-Za-z0-9]{1,8})\]/gu;
/** What else stands in brackets of a post, and is worth keeping. */
const NOT_EMOTICON = /^(?:[图注转原译编视附][图注转原译编视频创载文片者]{0,2}|组图|多图|\d+)$/u;
const EMOTICON_RUN = /(?:\[[\p{Script=Han}A-Za-z0-9]{1,6}\]\s*){2,}|(?:\[[\p{Script=Han}A-Za-z]{1,4}\]\s*)+$/gu;

/**
 * Marks of microblogs: mentions and reply heads go, `#topic#` loses its marks and keeps its words, emoticons such as [泪] and
 * the captions of links and players go.
 */
export const weiboMarks: RewriteRule<NoOptions> = {
  name: 'weibo-marks',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text) {
    const { classes, phrases } = scanText(text);
    let result = text;
    let count = 0;
    for (const { signs, phrase, rewrite } of STEPS) {
      if ((classes & signs) === 0 && (phrases & phrase) === 0) continue;
      const rewritten = rewrite(result);
      result = rewritten.text;
      count += rewritten.count;
    }
    return count === 0 ? { text, count } : { text: result.replace(/ {2,}/gu, ' ').trim(), count };
  },
};

/** Several bracketed words in a row, or one at the very end, are emoticons even if the list lacks them. */
function dropEmoticons(run: string): string {
  return run.replace(BRACKETED, (match, name: string) => (NOT_EMOTICON.test(name) ? match : ' '));
}

/** What is rewritten in turn, and without which signs or phrases there is nothing to rewrite. */
const STEPS: readonly { signs: number; phrase: number; rewrite: (text: string) => Rewritten }[] = [
  { signs: CHARACTER.at, phrase: 0, rewrite: (text) => replaceCounting(text, REPLY, ' ') },
  { signs: CHARACTER.at, phrase: 0, rewrite: (text) => replaceCounting(text, MENTION, ' ') },
  {
    signs: CHARACTER.hash,
    phrase: 0,
    rewrite: (text) => replaceCounting(text, TOPIC, (_match, _offset, [topic]) => ` ${topic!.trim()} `),
  },
  { signs: CHARACTER.square, phrase: 0, rewrite: (text) => replaceCounting(text, EMOTICON_RUN, dropEmoticons) },
  {
    signs: CHARACTER.square,
    phrase: 0,
    rewrite: (text) => replaceCounting(text, BRACKETED, (match, _offset, [name]) => (EMOTICONS.has(name!) ? ' ' : match)),
  },
  // 🔗 is a surrogate pair.
  { signs: CHARACTER.irregular, phrase: PHRASES.mark, rewrite: (text) => replaceCounting(text, LINK_CAPTION, ' ') },
];
