import { createHash } from 'node:crypto';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import type { Outcome, Pair, PairText, Source } from '@wenlan/shards';
import { parseRecipe } from '../../src/index.ts';
import type { Recipe } from '../../src/index.ts';
import { drawing, svgDrawing } from './drawings.ts';

/** The default recipe with thresholds that small drawings and small datasets can meet. */
export const TEST_RECIPE: Recipe = parseRecipe({
  extends: 'default',
  name: 'test',
  change: {
    'min-side': { min: 32 },
    bytes: { min: 100 },
    icon: { maxPages: 5 },
    placeholder: { maxUrls: 4 },
    'text-frequency': { max: 3 },
  },
  encode: { maxSide: 96, vectorSide: 64, jpegQuality: 90 },
  split: { validation: 0.1, test: 0.1 },
});

export interface RawRow {
  /** Path of the picture under https://img.test/. */
  path: string;
  page?: string;
  source?: Source;
  texts?: (string | PairText)[];
  image?: Uint8Array | null;
  outcome?: Outcome;
}

export function rawRow({
  path,
  page = `p/${path}`,
  source = 'web',
  texts = [`图片 ${path} 的说明`],
  image = null,
  outcome = 'ok',
}: RawRow): Pair {
  const imageUrl = `https://img.test/${path}`;
  const pageUrl = `https://site.test/${page}`;
  return emptyPair({
    id: pairId(imageUrl, pageUrl),
    source,
    outcome,
    imageUrl,
    pageUrl,
    texts: texts.map((text) => (typeof text === 'string' ? { kind: 'caption', text } : text)),
    image,
    sha256: image === null ? null : createHash('sha256').update(image).digest(),
    fetchedAt: 1_700_000_000_000,
  });
}

export async function writeRaw(
  location: string,
  rows: Pair[],
  options: { maxShardRows?: number; complete?: boolean } = {},
): Promise<string> {
  const { maxShardRows = 40, complete = true } = options;
  const writer = await openDataset(location, { stage: 'crawl', recipe: {}, maxShardRows });
  await writer.append(rows);
  if (complete) await writer.finish();
  else {
    await writer.flush();
    await writer.close();
  }
  return location;
}

const CITIES = '北京 上海 广州 深圳 成都 杭州 武汉 西安 南京 重庆 天津 苏州 长沙 沈阳 青岛 郑州 大连 东莞 宁波 厦门'.split(' ');
const SIGHTS = '古城墙 长江大桥 钟楼 博物馆 植物园 老街 火车站 大剧院 湖心亭 夜市 体育场 图书馆'.split(' ');

/** Good pairs with drawings that look different, and among them what crawls bring home. */
export async function dirtyRows(count: number): Promise<Pair[]> {
  const rows: Pair[] = [];
  const sources: Source[] = ['encyclopedia', 'news', 'weibo'];
  for (let index = 0; index < count; index += 1) {
    const source = sources[index % 3]!;
    const city = CITIES[index % CITIES.length]!;
    const sight = SIGHTS[index % SIGHTS.length]!;
    const vector = index % 10 === 3;
    const image = vector
      ? svgDrawing(index, 80, 60)
      : await drawing(index, index % 7 === 0 ? 120 : 80, 60)
          .png()
          .toBuffer();
    const path = `${index % 4 === 0 ? 'google' : 'apple'}/${index}.${vector ? 'svg' : 'png'}`;
    const texts = [
      `${city}的${sight}（第${index}号）`,
      ...(index % 5 === 0 ? ['点击查看大图'] : []),
      ...(index % 6 === 0 ? [`${city}风光`] : []),
    ];
    rows.push(rawRow({ path, source, texts, image }));
    if (index % 8 === 1)
      rows.push(
        rawRow({ path: `copy/${index}.jpg`, source, image: await drawing(index, 80, 60).jpeg({ quality: 70 }).toBuffer() }),
      );
    if (index % 8 === 2) rows.push(rawRow({ path: `again/${index}.png`, source, image, texts: [`${city}再来一张`] }));
    if (index % 8 === 3) rows.push(rawRow({ path: `gone/${index}.png`, source, outcome: 'http-4xx' }));
    if (index % 8 === 4) rows.push(rawRow({ path: `cut/${index}.png`, source, image: image.subarray(0, 200) }));
    if (index % 8 === 5)
      rows.push(
        rawRow({
          path: `mute/${index}.png`,
          source,
          image: await drawing(1000 + index, 80, 60)
            .png()
            .toBuffer(),
          texts: ['点击查看大图'],
        }),
      );
  }
  return rows;
}
