import { GIVEN_WEIGHTS, standsAlone } from './given-names.ts';
import { NOT_NAMES } from './not-names.ts';
import { scanText } from './scan-text.ts';
import { segment } from './segment.ts';
import { COMPOUND_SURNAMES, SURNAME_WEIGHTS } from './surnames.ts';

/** A span that may be a person's name, and how much speaks for it. */
export interface NameCandidate {
  start: number;
  end: number;
  score: number;
  /** A word before or after it says that it is one. */
  announced: boolean;
}

const surnameWeight = tableOf(SURNAME_WEIGHTS);
const givenWeight = tableOf(GIVEN_WEIGHTS);

const compoundFirst = new Uint8Array(0x1_0000);
for (const name of COMPOUND_SURNAMES) compoundFirst[name.charCodeAt(0)] = 1;

/** By UTF-16 code, since a map is asked for every character of every text. */
function tableOf(weights: ReadonlyMap<string, number>): Float32Array {
  const table = new Float32Array(0x1_0000);
  for (const [character, weight] of weights) table[character.charCodeAt(0)] = weight;
  return table;
}

const OCCUPATION =
  '记者|通讯员|摄影师?|摄影者|作者|编辑|责编|主编|导演|编剧|演员|主演|主持人|歌手|画家|作家|诗人|书法家|摄影家|设计师|工程师|科学家|老师|教师|班主任|教练|教授|院士|博士|医生|医师|护士|护士长|主任|院长|校长|园长|局长|处长|科长|所长|站长|队长|组长|班长|团长|县长|镇长|乡长|村长|市长|区长|省长|部长|书记|总裁|董事长|总经理|经理|店主|店长|老板|老板娘|车主|司机|乘客|旅客|游客|顾客|客户|居民|村民|市民|网友|业主|租客|学生|同学|学员|学霸|队员|选手|球员|球迷|运动员|民警|警察|交警|辅警|消防员|战士|士兵|军人|农民|工人|员工|职工|快递员|外卖员|志愿者|患者|病人|嫌疑人|被告人?|原告|受害人|死者|伤者|家属|家长|烈士|劳模|校友|新郎|新娘|嘉宾|讲师|代表|委员|会员|律师|法官|检察官|厨师|果农|菜农|渔民|牧民|保安|保洁员|环卫工人?|收银员|服务员|教官|粉丝|博主|店员|研究员|讲解员|馆长|房东|党员|干部|老兵|传承人|养殖户|种植户|贫困户|农户|商户|摊主|户主|队友|作曲|作词|翻译|编导|策划|法人|院长|裁判|教练员|飞行员|航天员|机长|空姐|乘务员|列车员|售票员|接线员|驾驶员|公交司机|出租车司机|网红|主播|歌迷|读者|观众|听众|博导|学者|专家|工匠|大师|匠人|技师|技术员|护林员|巡逻员|安全员|救生员|辅导员|宣传员|调解员|网格员|楼长|社工|义工|保姆|月嫂|中介|销售|顾问|助理|秘书|会计|出纳|经纪人|代言人|发言人|创始人|合伙人|投资人|负责人|当事人|目击者|受访者|获奖者|参赛者|获得者|爱好者|发明人|遇难者|幸存者|捐献者|献血者|救人者|老乡|大娘|大伯|大婶|婆婆|老汉|老太|小姑娘|小伙子|新娘子|伴娘|伴郎|班花|校花|同行|徒弟|师父|师兄|师姐|师弟|师妹|学长|学姐|学弟|学妹|老同学|战友|球友|驴友|网友|男友|女友|男朋友|女朋友|未婚夫|未婚妻';
const KIN =
  '父亲|母亲|妈妈|爸爸|丈夫|妻子|老公|老婆|儿子|女儿|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|外公|外婆|姥姥|姥爷|孙子|孙女|孩子|小朋友|男孩|女孩|男子|女子|男生|女生|老人|大爷|大妈|阿姨|叔叔|姑娘|小伙|朋友|好友|闺蜜|室友|同事|邻居|同桌|表哥|表姐|表弟|表妹|舅舅|姑姑|大叔|大姐|大哥';
const LABEL =
  '\\d岁的?|[一二三四五六七八九十]旬|姓名|名字|名叫|叫做|叫|联系人|收件人|收货人|寄件人|负责人|法定代表人|法人|户主|持卡人|户名|申请人|报名人|失主|机主|供图|图源|拍摄|摄|文|图|我是|寻找|寻人|恭喜|祝贺|感谢|祝';
/** Ends of words for what people do: 救援队员, 理发师, 拍摄者. */
const DOER = '(?<=\\p{Script=Han})[员师匠者]|[骑歌选射水炮舵旗]手|艺人|绣娘|厨娘|[农商用住客大]户|[民职义技电木矿]工';
/** Words that announce a name, plain ones in a set, since this is asked for every surname; the others have choices in them. */
const CHOICES = /[[?|(\\]/u;
const ANNOUNCERS = [...OCCUPATION.split('|'), ...KIN.split('|'), ...LABEL.split('|')];
const PLAIN_ANNOUNCERS = new Set(ANNOUNCERS.filter((word) => !CHOICES.test(word)));
const LONGEST_ANNOUNCER = Math.max(...[...PLAIN_ANNOUNCERS].map(({ length }) => length));
const OTHER_ANNOUNCERS = new RegExp(`(?:${[DOER, ...ANNOUNCERS.filter((word) => CHOICES.test(word))].join('|')})$`, 'u');
const SEPARATOR = /(?:[:：/“"「（( ]|是|为|——?)$/u;

function isAnnounced(before: string): boolean {
  if (endsInAnnouncer(before)) return true;
  const separator = SEPARATOR.exec(before);
  return separator !== null && endsInAnnouncer(before.slice(0, separator.index));
}

function endsInAnnouncer(before: string): boolean {
  for (let length = 1; length <= Math.min(LONGEST_ANNOUNCER, before.length); length += 1)
    if (PLAIN_ANNOUNCERS.has(before.slice(before.length - length))) return true;
  return OTHER_ANNOUNCERS.test(before.slice(-3));
}
const BEFORE_LABEL =
  /(?:姓名|名字|联系人|收件人|收货人|寄件人|负责人|法定代表人|法人|户主|持卡人|户名|申请人|[影像]|记者|作者|[员师者])[:：] ?$/u;
/** Where even 高峰 and 文静 are persons. */
const AFTER_BYLINE = /^(?:$|[，。；、,;）)]| ?(?:摄|报道|供图))/u;
const BEFORE_BYLINE = /(?:记者|通讯员|摄影|供图|作者)[:： /]{1,2}$/u;
const AFTER_SURE = new RegExp(
  `^(?: ?(?:老师|先生|女士|小姐|小朋友|同学|同志|医生|大夫|护士|教授|博士|院士|主任|校长|院长|局长|处长|科长|队长|经理|总经理|董事长|书记|县长|市长|律师|警官|法官|师傅|教练|导演|阿姨|叔叔|大爷|大妈|大哥|大姐|奶奶|爷爷|夫妇|夫妻|一家|等人|家长|记者|摄(?![影像])|/摄|供图|提供|拍摄|绘制|手绘|整理)` +
    `|说|表示|告诉|介绍|认为|回忆|坦言|透露|指出|笑着|哭着|感慨|正在|今年\\d|[（(](?:左|右|中|前|后|男|女|化名|\\d)|[，,] ?(?:男|女)(?![\\p{Script=Han}])|的(?:妈妈|爸爸|父亲|母亲|丈夫|妻子|女儿|儿子|朋友|手机|电话|微信|同学|老师|家人|身份证|快递)|身份证|手机号?|电话|微信|QQ)`,
  'u',
);
const AFTER_SOFT =
  /^(?:$|[\s，。！？、；：,.!?;:）)】」”…&+〈]|你|我|他|她|们|和|与|跟|及|同|在|正|为|从|向|把|将|被|给|因|一起|也|就|都|又|还|已|去|来|到|带|获|夺|参加|出席|发|拍|演|唱|写|画|做|拿|站|坐|走|跑|骑|打|家|的|对|是|有|没|很|不|会|要|想|能|曾|终于|刚|当|以|用|住|抱|展示|接受|领取|晒|送|收|亲|骑行|报道|出生|毕业|回|祝|吃|喝|看|逛|跳|跑|采|摘|种|抱|牵|陪|开|骑|洗|剪|买|卖|喜|爱|教|学|买|穿|戴|讲|结婚|生日)/u;
const BEFORE_SOFT = /(?:^|[\s，。！？、；：,.!?;:（(【「“…&+〉]|[和与跟及同向给对由被把请让找的见为是陪约遇念据])$/u;
/** What is named after somebody, or only sounds like a name. */
const AFTER_AGAINST =
  /^(?:路|街|区|县|市|省|镇|乡|村|山|河|湖|江|岛|桥|寺|庙|庄|屯|沟|牌|大学|中学|小学|学院|公司|集团|银行|酒店|宾馆|大厦|广场|机场|车站|港|湾|故居|故里|纪念|祠|墓|陵|雕像|塑像|铜像|公园|体育场|杯|奖|版|式|化|性|型|号|度|率|量|级|族|派|教堂|语|国|鱼|鸡|鸭|酒|茶|饭|面|粥|糖|油|旗舰店|专卖店|时代|精神|主义|高速|铁路|水库|景区|风景|遗址|古镇|古城|故事|传(?!说)|诗|词|笔下|名言)/u;
/** 王先生, 李女士, 张小姐: they tell nothing. */
const ANONYMOUS = /^.(?:先生|女士|小姐|太太|老师|师傅|医生|同学|大爷|大妈|阿姨|总|某|家)/u;
const JOINER = /^[、,，和与跟及&+ ]{1,2}$/u;

const LOOK_AROUND = 8;
/** What a candidate has to reach; tuned on `cases/names.yaml`, whose part `heldOut` was written after. */
const ACCEPTED = 2;
const BY_COMPANY = 0.9;
const MAX_JIEBA = 1.6;

/**
 * Finds Chinese personal names: a surname and one or two characters of given names, judged by how these characters are used, by
 * the words that jieba sees there, and by the words around. Text inside 《》 is the title of a work, and left alone.
 * @returns names in order, without overlap
 */
export function findNames(text: string): NameCandidate[] {
  if (!scanText(text).mayHaveName) return [];
  const open = candidatesOf(text);
  if (open.length === 0) return [];
  const words = wordBounds(text, open);
  for (const candidate of open) candidate.score += jiebaScore(candidate, text, words);
  return choose(open, text);
}

function candidatesOf(text: string): NameCandidate[] {
  const found: NameCandidate[] = [];
  let inTitle = false;
  for (let start = 0; start + 1 < text.length; start += 1) {
    const code = text.charCodeAt(start);
    if (code === 0x300a) inTitle = true;
    else if (code === 0x300b) inTitle = false;
    if (inTitle || code < 0x4e00) continue;
    const compound = compoundFirst[code] === 1 && COMPOUND_SURNAMES.has(text.slice(start, start + 2));
    if (!compound && surnameWeight[code] === 0) continue;
    // 祝余佳新婚快乐: a wish, and no surname.
    const wish =
      text[start] === '祝' &&
      (start === 0 || !surnameWeight[text.charCodeAt(start - 1)]) &&
      surnameWeight[text.charCodeAt(start + 1)]! > 0;
    const surname = compound ? 1.2 : surnameWeight[code]!;
    if (surname === 0 || wish) continue;
    const given = start + (compound ? 2 : 1);
    const first = givenWeight[text.charCodeAt(given)]!;
    const second = givenWeight[text.charCodeAt(given + 1)] ?? 0;
    const isLong = first > 0 && second > 0 && !WORD_BEHIND.test(text.slice(given + 1, given + 4));
    const long = candidate(text, start, given + 2, surname + first + second - 0.7, isLong);
    if (long !== null) found.push(long);
    const alone = first > 0 && (compound || standsAlone(text[given]!));
    const short = candidate(text, start, given + 1, surname + first - 0.8, alone);
    if (short !== null) found.push(short);
  }
  return found;
}

/** Words that begin with a character of given names and often follow a name: 王芳生日快乐 is no 王芳生. */
const WORD_BEHIND =
  /^(?:生日|生病|生气|生前|一起|一家|一直|一边|一同|一行|新婚|新年|新书|新歌|新剧|同学|同志|同时|国庆节|中考|高考|大学|学会|学习|书记|文章|明天|明年|天天|今年|春节|成为|成功|光荣|全家|可以|可能|以及|以后|平安|开心|家里|家的|女士|小朋友|小姐|小时|子女|心里|发现|发布|发文|发表|发型|发来|发烧|正在|正式|正面|如愿|如今|立即|立刻|立功|满月|宝宝|来自|来到|大婚|大喜|兴奋|力压|力克|安全|首|得知|获)/u;
const LABEL_END = /[:： ]/u;
const HAN_SPAN = /^[一-鿿]+$/u;

/** Null for a span that no word jieba can see would make a name. */
function candidate(text: string, start: number, end: number, base: number, usual: boolean): NameCandidate | null {
  if (end > text.length || (!usual && !LABEL_END.test(text.charAt(start - 1)))) return null;
  const before = text.slice(Math.max(0, start - LOOK_AROUND), start);
  const after = text.slice(end, end + LOOK_AROUND);
  const labelled = !usual && BEFORE_LABEL.test(before) && /^(?:$|[\s，。；、,;）)])/u.test(after);
  if (!usual && !labelled) return null;
  const span = text.slice(start, end);
  const isWord = NOT_NAMES.has(span);
  const isByline = isWord && BEFORE_BYLINE.test(before) && AFTER_BYLINE.test(after);
  if (!HAN_SPAN.test(span) || (isWord && !isByline) || ANONYMOUS.test(span + after)) return null;
  const sureBefore = isAnnounced(before);
  const sureAfter = AFTER_SURE.test(after);
  let score = labelled || isByline ? 1.5 : base;
  if (sureBefore) score += 1.2;
  else if (BEFORE_SOFT.test(before)) score += 0.4;
  if (sureAfter) score += 1;
  else if (AFTER_SOFT.test(after)) score += 0.4;
  if (AFTER_AGAINST.test(after)) score -= 2.5;
  if (span.length === 3 && NOT_NAMES.has(span.slice(0, 2))) score -= 1.2;
  if (score + MAX_JIEBA < ACCEPTED - (ACCEPTED - BY_COMPANY)) return null;
  return { start, end, score, announced: sureBefore || sureAfter };
}

interface Bound {
  start: number;
  end: number;
  tag: string;
}

/** What jieba takes for one block, and segments without a look at what stands around it. */
const BLOCK = /[\u4E00-\u9FD5A-Za-z0-9+#&._%-]+/gu;

/** For each position of the blocks that hold a candidate, the word that covers it. */
function wordBounds(text: string, candidates: readonly NameCandidate[]): Bound[] {
  const bounds: Bound[] = [];
  for (const { 0: block, index } of text.matchAll(BLOCK)) {
    if (!candidates.some(({ start }) => start >= index && start < index + block.length)) continue;
    let start = index;
    for (const { word, tag } of segment(block)) {
      const bound = { start, end: start + word.length, tag };
      for (let at = start; at < bound.end; at += 1) bounds[at] = bound;
      start = bound.end;
    }
  }
  return bounds;
}

function jiebaScore({ start, end, announced }: NameCandidate, text: string, words: readonly Bound[]): number {
  const first = words[start]!;
  const last = words[end - 1]!;
  const length = end - start;
  if (first.start < start) {
    // 和张伟: jieba guessed that a conjunction belongs to the name.
    if (first.start === start - 1 && last.end === end && CONJUNCTION.test(text[start - 1]!)) return 0.6;
    if (isName(first) || isGuess(first, text)) return announced ? -0.2 : -0.6;
    return announced ? -0.5 : -2.5;
  }
  if (last.end > end) {
    // 张伟去: jieba guessed that the verb belongs to the name.
    const isVerb = last.end === end + 1 && givenWeight[text.charCodeAt(end)] === 0 && AFTER_SOFT.test(text.slice(end, end + 3));
    if (isVerb && last.start === start && isGuess(last, text)) return 0.6;
    if ((isName(last) || isGuess(last, text)) && last.start === start) return -0.6;
    if (last.end - last.start <= 1) return 0;
    return announced && length > 2 ? -0.6 : -3;
  }
  if (first === last) {
    if (isGuess(first, text)) return length > 2 ? MAX_JIEBA : 1;
    if (isName(first)) return length > 2 ? MAX_JIEBA : 0.6;
    // A word of the dictionary that is no name: 高兴, 黄河, 金融.
    return announced && length > 2 ? -0.5 : -2.5;
  }
  // Surname apart: jieba found no word there, or a given name that is a word (王 国庆).
  const isSurname = first.end - start === 1 || COMPOUND_SURNAMES.has(text.slice(start, first.end));
  if (!isSurname && !isName(first) && !isGuess(first, text)) return announced ? -1 : -2.5;
  return isName(first) || isGuess(last, text) ? 0.8 : 0.4;
}

const CONJUNCTION = /[和与跟同给祝据遇]/u;

const isName = ({ tag }: Bound): boolean => tag.startsWith('nr');
/** A word that isn't in the dictionary: jieba's hidden Markov model made it up, most often of a name. */
const isGuess = ({ start, end, tag }: Bound, text: string): boolean =>
  tag === 'x' && end - start > 1 && HAN_SPAN.test(text.slice(start, end));

function choose(candidates: NameCandidate[], text: string): NameCandidate[] {
  const chosen: NameCandidate[] = [];
  const free = ({ start, end }: NameCandidate): boolean => chosen.every((other) => end <= other.start || start >= other.end);
  const take = (threshold: (candidate: NameCandidate) => boolean): boolean => {
    const best = candidates
      .filter((candidate) => threshold(candidate) && free(candidate))
      .sort((left, right) => right.score - left.score || right.end - right.start - (left.end - left.start))[0];
    if (best !== undefined) chosen.push(best);
    return best !== undefined;
  };
  while (take(({ score }) => score >= ACCEPTED));
  const inCompany = ({ start, end, score }: NameCandidate): boolean =>
    score >= BY_COMPANY &&
    (chosen.some(
      (other) =>
        (other.end < start && JOINER.test(text.slice(other.end, start))) ||
        (other.start > end && JOINER.test(text.slice(end, other.start))),
    ) ||
      /〈人名〉[、,，和与跟及&+ ]{1,2}$/u.test(text.slice(Math.max(0, start - 6), start)) ||
      /^[、,，和与跟及&+ ]{1,2}〈人名〉/u.test(text.slice(end, end + 6)));
  while (take(inCompany));
  return chosen.sort((left, right) => left.start - right.start);
}
