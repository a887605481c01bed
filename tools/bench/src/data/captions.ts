const SUBJECTS =
  '一只橘猫 孩子们 老城区的居民 清晨的菜市场 雪后的长城 傍晚的外滩 山间的小木屋 热气腾腾的小笼包 消防员 田里的农民 校园里的银杏 海边的灯塔 博物馆里的青铜器 高铁列车 大熊猫 春天的樱花 古镇的石板路 湖面上的天鹅 夜市的小摊 教室里的学生'.split(
    ' ',
  );
const ACTIONS =
  '在窗台上晒太阳 迎来了今年的第一场雪 让人想起小时候的味道 吸引了很多游客前来拍照 慢慢地从眼前经过 静静地等待日出 忙着准备过年的东西 在灯光下格外好看 真的太治愈了 和去年相比变化很大 一边走一边聊天 是这座城市最美的风景'.split(
    ' ',
  );
const ENDINGS =
  '，大家都说好看。 ！ ，值得再来一次 ，拍了一上午的照片，累并快乐着。 ，希望明年还能再见 ，周末有空的朋友可以去看看，门票二十元，地铁三号线直达。 … ，2024年11月11日记'.split(
    ' ',
  );
/** What posts carry beside their words, about as often as posts do. */
const DIRT: readonly ((random: () => number) => string)[] = [
  () => '[doge]',
  () => '[笑cry][笑cry]',
  () => '#周末去哪儿#',
  () => '@小红_2020 ',
  () => ' O网页链接',
  () => ' http://t.cn/A6abcDEF',
  () => '//@路人甲:转发微博',
  () => '...展开全文',
  (random) => ` 电话1${3 + Math.floor(random() * 7)}${Math.floor(1e8 + random() * 9e8)}`,
  () => ' 微信：abc_12345',
  () => '和王芳、李建华一起',
  () => '　 ',
  () => '１２３ＡＢＣ',
  () => '\u200b',
  () => ' 點擊查看大圖',
  () => '好看好看好看好看',
];

/** Posts of 12 to 140 characters, most of them short; two thirds have something in them that rules change. */
export function captions(count: number): string[] {
  const random = randomOf(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: count }, () => {
    let text = '';
    const sentences = 1 + Math.floor(random() * random() * 4);
    for (let at = 0; at < sentences; at += 1) text += pick(SUBJECTS) + pick(ACTIONS) + pick(ENDINGS);
    for (let dirt = random(); dirt < 0.66; dirt += 0.25 + random() * 0.4) text += pick(DIRT)(random);
    return text;
  });
}

/** Numbers in 0..1 that depend on the seed alone (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
