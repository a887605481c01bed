import { z } from 'zod';
import type { RewriteRule } from '../rule.ts';
import { replaceCounting } from '../text/replace-counting.ts';

const ASK =
  '(?:请|可)?(?:点击|单击|点开|轻触|长按|戳|点)(?:此处|这里|图片|上图|下图|图|右上角|链接|下方|下面)?(?:链接|按钮|图片)?(?:可以?|即可|来)?';
const VERB = '(?:查看|观看|阅读|浏览|放大|展开|收起|进入|下载|打开|收听|播放|关闭|返回|加载|显示|看)';
const OBJECT =
  '(?:更多|全部|全文|原文|原图|大图|高清大图|高清|源网页|源网址|网页|详情|详细|图片|视频|组图|评论|回复|地图|完整版|下一页|上一页|首页|专题|幻灯片|精彩|内容|相关|新闻|报道|资料|信息|放大|图集|百科)';

/** Said by a page's controls: gone wherever they stand alone between spaces, punctuation or the ends of the text. */
const CONTROLS = [
  `${ASK}${VERB}${OBJECT}*`,
  `(?:${VERB}|更多)${OBJECT}+`,
  '(?:转发|分享|微博)(?:微博|图片|视频|网页)',
  'Repost',
  '(?:图片|视频|页面|正在|内容)?(?:正在)?(?:加载|缓冲|载入)中',
  '(?:上|下)一(?:篇|页|张|图|组|章|条)',
  '(?:返回|回到)(?:首页|顶部|上一页|列表|目录)',
  '(?:扫一扫|扫码|扫描(?:上方|下方)?二维码|长按(?:识别)?二维码|微信扫一扫)(?:关注|下载|分享|识别|添加|加入|查看|阅读)?(?:我们|公众号|微信|更多|更多内容)?',
  '(?:欢迎|敬请|请)?(?:搜索)?关注(?:我们|本站|官方|微信)?(?:的)?(?:微信)?(?:公众号|官方微博|视频号)',
  '(?:打开|下载)(?:客户端|APP|App|app)(?:查看|阅读|看)?(?:更多|全文|精彩内容|详情)?',
  '分享(?:到|至)(?:微信|微博|朋友圈|QQ空间|QQ|好友|[：: 、]|和)*',
  '(?:转载)?请注明(?:出处|来源)',
  '(?:未经|如需)(?:本[网站]|本报|许可|授权|书面)*(?:授权|许可|允许)?[，,]?(?:不得|禁止|严禁|请勿)转载',
  '版权(?:所有|归[^，。；\\s]{1,12}所有)(?:[，,]?(?:侵权必究|翻版必究|违者必究))?',
  '(?:侵权必究|违者必究|翻版必究)',
  '(?:我要)?(?:收藏|点赞|评论|举报|纠错|打印|关灯|字号|投诉)(?:本文|此文|文章)?(?:[|/ ](?:收藏|点赞|评论|举报|纠错|打印|关灯|分享))+',
  '点击(?:上方|下方|右上角|左下角|文末)?[「“]?(?:蓝字|蓝色字|名片|卡片|阅读原文|原文链接)[」”]?(?:[，,]?(?:关注|阅读|查看|了解)[\\p{Script=Han}]{0,8})?',
  '(?:广告|推广|赞助内容)',
  '本文(?:完|结束)',
];

/** So surely a control that the Chinese character before them doesn't matter, at the end of a text. */
const CONTROLS_AT_END = [
  '(?:点击)?(?:展开|收起)全文[cd]?',
  'O?网页链接',
  '(?:点击)?查看源网页',
  '点击查看(?:大图|原图|全文|更多)',
  '转发微博',
];

/** Who published the picture or the text … */
const SOURCE_LABEL = '(?:(?:图片|图文|配图|题图|照片|视频|文章|稿件)?(?:来源|来自|源自|出处|提供者?)|图源|供图)';
const SOURCE_NAME = '[^\\s，。；！？,;!?（）()【】\\[\\]|]{1,20}';
/** … and who made it: a name of two to four characters that ends there, as 记者：您怎么看？ is part of an interview. */
const MAKER_LABEL = '(?:摄影(?:师|者)?|摄|制图|责任编辑|责编|编辑|值班编辑|校对|监制|审核|记者|通讯员)';
const MAKER_NAME = '[\\p{Script=Han}·]{2,4}(?:[ 、][\\p{Script=Han}·]{2,4}){0,3}(?=$|[\\s）)】\\]|])';
const CREDITS = [
  '(?:记者|通讯员|特约记者) ?[\\p{Script=Han}]{2,4}(?:[ 、][\\p{Script=Han}]{2,4}){0,2} ?(?:摄影报道|摄影|摄|供图)',
  '图(?:片)?(?:源|来源|来自|源自|源于)(?:于)?(?:网络|互联网)(?:[，, ]?侵权?[必即]?删)?',
  '(?:图片?|照片)(?:来源|来自)(?:于)?(?:网络|互联网|网友|官网)',
  `${SOURCE_LABEL}[:：/] ?${SOURCE_NAME}`,
  `${MAKER_LABEL}[:：/] ?${MAKER_NAME}`,
  '(?:文/图|图/文|文|图)/(?!文并茂)[\\p{Script=Han}A-Za-z·]{2,12}',
  '(?:新华社|中新社|中新网|人民网|央视网?|本报|本刊|本网|视觉中国|东方IC|法新社|路透社|美联社)(?:记者|通讯员|特约记者)? ?[\\p{Script=Han}]{0,4} ?(?:摄影报道|摄影|供图|发|摄)',
  '(?:上|下)一(?:篇|页|张|图|组|章|条)[:：] ?[^\\s]{1,40}',
];
/** Only inside brackets: alone they may be the subject. */
const BRACKETED_CREDITS =
  '(?:资料图片?|资料照片|档案照片?|图片?|示意图|效果图|视频截图|网络(?:截图|图片|配图)|图文无关|配图)|原标题[:：][^（）()【】\\[\\]]{1,80}|(?:图片?|照片)?(?:来源|来自)(?:于)?(?:网络|互联网|网友|官网)|[\\p{Script=Han}A-Za-z/ ]{1,12}(?:供图|摄影|制图|摄)|(?:摄影?|图|文)/[^（）()【】\\[\\]]{1,16}';

/** Labels before what the picture shows: the label goes, the words stay. */
const LABEL_AT_START = /^(?:原标题|图说|图注|图片说明|资料图片?|资料照片|视频截图|网络图片|图片?)[:：] ?(?=.{2})/u;

const OPEN = '[（(【\\[]';
const CLOSE = '[）)】\\]]';
const ARROWS = '(?:[ >»→▶▼↓…]|\\.{3}|&gt;)*';
/** Not inside a clause: at an end, or beside a space, punctuation or a symbol. */
const LEFT = '(?<![\\p{L}\\p{N}])';
const RIGHT = '(?![\\p{L}\\p{N}])';

export interface UiPhrasesOptions {
  /** Further phrases that the pages of a source use, as plain text. */
  phrases: string[];
}

/**
 * Words that belong to the page and not to the picture: 点击查看大图, 展开全文, 图片来源：…, 查看源网页, 转发微博, O网页链接.
 * A phrase goes only where it stands alone: 他展开全文细读 and 信息来源：… stay.
 */
export const uiPhrases: RewriteRule<UiPhrasesOptions> = {
  name: 'ui-phrases',
  unit: 'rewrite',
  options: z.strictObject({ phrases: z.array(z.string().min(2)).default([]) }),
  rewrite(text, { phrases }) {
    const bracketed = replaceCounting(text, BRACKETED_PATTERN, ' ');
    const atEnd = replaceCounting(bracketed.text, AT_END_PATTERN, '');
    const alone = replaceCounting(atEnd.text, phrasesPattern(phrases), ' ');
    const labelled = replaceCounting(alone.text, LABEL_AT_START, '');
    const count = bracketed.count + alone.count + atEnd.count + labelled.count;
    return count === 0 ? { text, count } : { text: trimLeftovers(labelled.text), count };
  },
};

const AT_END_PATTERN = new RegExp(`(?:…|\\.{3})?(?:${CONTROLS_AT_END.join('|')})${ARROWS}$`, 'u');
const BRACKETED_PATTERN = new RegExp(
  `${OPEN} ?(?:${[BRACKETED_CREDITS, ...CREDITS, ...CONTROLS, ...CONTROLS_AT_END].join('|')}) ?${CLOSE}`,
  'gu',
);

let cached: { key: string; pattern: RegExp } | undefined;

function phrasesPattern(phrases: readonly string[]): RegExp {
  const key = phrases.join('\n');
  if (cached?.key !== key) {
    const escaped = [...phrases]
      .sort((a, b) => b.length - a.length)
      .map((phrase) => phrase.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    const all = [...escaped, ...CREDITS, ...CONTROLS_AT_END, ...CONTROLS].join('|');
    cached = { key, pattern: new RegExp(`${LEFT}(?:${all})${RIGHT}${ARROWS}`, 'gu') };
  }
  return cached.pattern;
}

/** Separators and dots that stood between a removed phrase and the text. */
function trimLeftovers(text: string): string {
  return text
    .replaceAll(/ {2,}/gu, ' ')
    .replace(/^[\s|/、，,；;：:>»·_-]+/u, '')
    .replace(/[\s|/、，,；;：:>»·_-]+$/u, '');
}
