/** Surnames that seldom are words of their own: what follows them is likely a given name. */
const DISTINCT =
  '王李张刘陈杨赵吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧肖曹袁邓傅彭吕苏卢蒋蔡贾魏薛阎闫余潘杜戴汪姜范姚谭廖邹熊陆郝崔邱丘秦顾侯邵孟尹黎龚樊殷倪覃俞葛尤岳祁莫庄欧聂翟鲍柯阮耿詹霍骆辛甄涂祝阳牟卞邬卫沈柴裘缪褚郎靳郁虞佟蔺卓楚晏娄晋沙穆裴臧桑鄢覃竺阙党冉景匡仇伍宫屈';
/** Surnames that are ordinary words too. */
const ORDINARY = '周林叶丁钟夏程许赖龙段雷钱汤康毛贺严牛温芦季管凌甘路代齐舒单席童项苗包纪喻焦滕权游宁商曲池谷麦简鲁戚梅';
/** Surnames that mostly stand for something else: 高兴, 黄河, 于是, 何时, 马上. */
const COMMON_WORDS = '高黄何马于金石方白江万易常武文任田孔史曾成应时安关向左车古华兰房冷洪盛全明毕乔';
/** Of two characters. */
export const COMPOUND_SURNAMES: ReadonlySet<string> = new Set(
  '欧阳 上官 司马 司徒 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 端木 长孙 宇文 独孤 南宫 西门 澹台 呼延 申屠 赫连 钟离'.split(' '),
);

/** How far a character speaks for a surname, 0 for those that are none. */
export const SURNAME_WEIGHTS: ReadonlyMap<string, number> = new Map([
  ...[...COMMON_WORDS].map((character) => [character, 0.2] as const),
  ...[...ORDINARY].map((character) => [character, 0.6] as const),
  ...[...DISTINCT].map((character) => [character, 1] as const),
]);
