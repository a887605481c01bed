// @ts-check
/** What the page says, in both languages: key, English, Chinese. */
const MESSAGES = /** @type {const} */ ({
  explore: ['Explore', '浏览'],
  cleaning: ['Cleaning', '清洗'],
  runs: ['Runs', '训练'],
  search: ['Search', '检索'],
  dataset: ['Dataset', '数据集'],
  pairs: ['pairs', '图文对'],
  source: ['Source', '来源'],
  split: ['Split', '划分'],
  outcome: ['Outcome', '结果'],
  band: ['Band', '相关程度'],
  words: ['Words in the texts', '文本中的词'],
  width: ['Width', '宽度'],
  height: ['Height', '高度'],
  pictureBytes: ['Bytes of the picture', '图片字节数'],
  textLength: ['Length of the texts', '文本长度'],
  fetchedAt: ['Fetched', '抓取时间'],
  clear: ['Clear all filters', '清除全部条件'],
  clearOne: ['Clear', '清除'],
  from: ['from', '从'],
  to: ['to', '到'],
  more: ['Show more', '显示更多'],
  noDataset: ['No dataset is served; start the studio with the folder of one.', '未加载数据集；启动时请给出数据集目录。'],
  emptyDataset: ['This dataset has no pairs.', '此数据集没有图文对。'],
  noPairs: ['No pair fits these filters.', '没有符合条件的图文对。'],
  noPicture: ['no picture', '无图'],
  brokenPicture: ['the picture doesn’t decode', '图片无法解码'],
  notPicture: ['is no picture that this browser reads; choose another file.', '不是浏览器能读取的图片；请另选文件。'],
  noAnswer: [
    'The studio doesn’t answer; look whether wenlan serve still runs, then load this page again.',
    '服务没有响应；请确认 wenlan serve 仍在运行，然后重新加载本页。',
  ],
  close: ['Close', '关闭'],
  near: ['Near-duplicates of it', '近似重复'],
  texts: ['Texts', '文本'],
  record: ['Record', '记录'],
  scores: ['Scores', '分数'],
  addHistogram: ['Histogram of', '直方图'],
  threshold: ['Change a threshold and see what would be kept.', '改动阈值，查看保留结果。'],
  kept: ['kept', '保留'],
  now: ['with the thresholds shown', '按当前阈值'],
  dropped: ['Pairs that would be dropped', '将被剔除的图文对'],
  rule: ['Rule', '规则'],
  goesIn: ['in', '进入'],
  goesOut: ['out', '通过'],
  lost: ['dropped', '剔除'],
  saveRecipe: ['Save as recipe', '保存为配方'],
  unchanged: ['Nothing is changed yet.', '尚未改动。'],
  noCleaning: ['No dataset here was written by wenlan clean.', '此处没有由 wenlan clean 写出的数据集。'],
  noRuns: ['No training run is served; start the studio with a run’s folder.', '未加载训练记录；启动时请给出训练目录。'],
  curve: ['Curve', '曲线'],
  step: ['step', '步'],
  resumePoints: ['Goes on after a stop from step', '中断后可续训的步数'],
  figures: [
    'Figures, in per cent unless the name says otherwise; in brackets the interval',
    '指标（未注明者为百分比；括号内为区间）',
  ],
  conditions: ['What one must know to compare them', '比较时须知'],
  noModel: [
    'No model is loaded; start the studio with --run RUN to search.',
    '未加载模型；启动时用 --run 指定训练目录即可检索。',
  ],
  sentence: ['A sentence', '一句话'],
  picture: ['A picture: choose, drop or paste one', '一张图片：选择、拖入或粘贴'],
  searchIn: ['In', '范围'],
  find: ['Search', '检索'],
  where: ['Where in the picture?', '在图中何处？'],
  heatmap: ['Brighter cells matter more for', '越亮的格子对这句话越重要：'],
  nothingFound: ['Nothing found.', '没有结果。'],
  refused: ['These thresholds can’t be used.', '这些阈值不可用。'],
  judging: ['Judging the stored scores anew…', '正在按新阈值重新判定…'],
  filters: ['Filters', '筛选'],
  loading: ['Loading…', '加载中…'],
  language: ['中文', 'English'],
  skip: ['Skip to content', '跳到内容'],
  score: ['score', '得分'],
  of: ['of', '共'],
});

/** @typedef {keyof typeof MESSAGES} MessageKey */

const KEY = 'wenlan-language';

/** @returns {'en' | 'zh'} */
function chosen() {
  const stored = localStorage.getItem(KEY);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

let language = chosen();
document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';

/** Changes between the two languages. */
export function toggleLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}

/**
 * A message in the language of the page; a name that isn't one, such as a score's, stands for itself.
 * @param {string} key
 */
export function say(key) {
  const message = MESSAGES[/** @type {MessageKey} */ (key)];
  return message === undefined ? key : message[language === 'zh' ? 1 : 0];
}

/** @param {number} value */
export const formatCount = (value) => value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB');

/**
 * A value of a column as people read it.
 * @param {string} column
 * @param {number} value
 */
export function formatValue(column, value) {
  if (column === 'fetchedAt') return new Date(value).toISOString().slice(0, 16).replace('T', ' ');
  return String(Number(value.toPrecision(4)));
}
