/** Pictures that belong to pages and not to their subjects. */

const svg = (width: number, height: number, inner: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`,
  );

const words = (x: number, y: number, size: number, fill: string, value: string): string =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" fill="${fill}">${value}</text>`;

const logo = (color: string, name: string): Buffer =>
  svg(
    180,
    48,
    `<rect width="48" height="48" rx="10" fill="${color}"/><path d="M10 34c6-20 22-20 28 0" stroke="#fff" stroke-width="5" fill="none"/>${words(58, 33, 26, color, name)}`,
  );

const banner = (color: string, slogan: string): Buffer =>
  svg(
    970,
    90,
    `<rect width="970" height="90" fill="${color}"/><circle cx="60" cy="45" r="30" fill="#fff" opacity=".4"/>${words(120, 57, 34, '#fff', slogan)}`,
  );

/** What adverts say, on the banner and beside it. */
export const SLOGANS: readonly string[] = [
  '全场五折起 满三百减五十',
  '新用户首单立减二十元',
  '双十一提前购 爆款直降',
  '暑期夏令营火热报名中',
  '名师在线一对一 免费试听',
  '装修贷款低至三厘 立即申请',
  '周末家庭自驾游 特价线路',
  '品牌冰箱以旧换新',
];
const BANNER_COLORS = ['#c0392b', '#d35400', '#8e44ad', '#16a085', '#2c3e50', '#b9770e', '#1f618d', '#7b241c'];

/** A transparent GIF of one pixel. */
export const PIXEL: Buffer = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** By path. */
export const ORNAMENTS: ReadonlyMap<string, Buffer> = new Map([
  ['/static/baike-logo.svg', logo('#3366cc', '文澜百科')],
  ['/static/news-logo.svg', logo('#a31f34', '文澜新闻')],
  [
    '/static/search.svg',
    svg(
      24,
      24,
      '<circle cx="10" cy="10" r="6" stroke="#666" stroke-width="2" fill="none"/><path d="M15 15l6 6" stroke="#666" stroke-width="2"/>',
    ),
  ],
  [
    '/static/share.svg',
    svg(
      24,
      24,
      '<circle cx="6" cy="12" r="3"/><circle cx="18" cy="6" r="3"/><circle cx="18" cy="18" r="3"/><path d="M6 12l12-6M6 12l12 6" stroke="#000"/>',
    ),
  ],
  ['/static/beian.svg', svg(20, 20, '<path d="M10 1l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V4z" fill="#c33"/>')],
  ['/static/blank.gif', PIXEL],
  ...SLOGANS.map((slogan, index): [string, Buffer] => [`/ad/banner-${index + 1}.svg`, banner(BANNER_COLORS[index]!, slogan)]),
]);
