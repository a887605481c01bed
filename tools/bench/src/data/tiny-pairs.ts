import { createHash } from 'node:crypto';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';

const SIDE = 32;
const PICTURES = 64;
const A_CALL = 1000;
const SOURCES = ['news', 'weibo', 'encyclopedia', 'web'] as const;
const BANDS = ['strong', 'weak', 'over-match'] as const;
const THINGS = ['气球', '帆船', '房子', '树叶', '雨伞', '山水', '小猫', '列车', '面条', '灯笼'];

/**
 * Writes pairs of tiny pictures, of all sources; each seventh failed, of each ten one is filtered and two nearly equal the first,
 * and scores lie evenly over their range.
 */
export async function writeTinyPairs(location: string, rows: number): Promise<void> {
  const pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, index) =>
      sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: `hsl(${index * 5}, 70%, 50%)` } })
        .png()
        .toBuffer(),
    ),
  );
  const writer = await openDataset(location, { stage: 'clean', recipe: { name: 'bench' } });
  for (let first = 0; first < rows; first += A_CALL) {
    const length = Math.min(A_CALL, rows - first);
    await writer.append(
      Array.from({ length }, (_, index) => rowOf(first + index, pictures)),
      'train',
    );
  }
  await writer.finish();
  await writer.close();
}

function rowOf(index: number, pictures: readonly Buffer[]): Pair {
  const { imageUrl, pageUrl } = addressesOf(index);
  const texts: Pair['texts'] = [
    {
      kind: 'caption',
      text: `第${index}张：${THINGS[index % THINGS.length]}和${THINGS[Math.floor(index / 10) % THINGS.length]}`,
    },
    { kind: 'surrounding', text: `这里说的是图片的周围有些什么，一共写了一两句话，编号${index % 997}。` },
  ];
  const base = { id: pairId(imageUrl, pageUrl), source: SOURCES[index % SOURCES.length]!, imageUrl, pageUrl, texts };
  const fetchedAt = 1.7e12 + index * 1000;
  if (index % 7 === 6) return emptyPair({ ...base, outcome: 'timeout', fetchedAt });
  const image = pictures[index % pictures.length]!;
  const sha256 = createHash('sha256').update(image).digest();
  const scores = { blur: (index * 7919) % 1000, entropy: ((index * 104_729) % 800) / 100, 'chinese-share': (index % 101) / 100 };
  const size = { mime: 'image/png', width: SIDE + (index % 400), height: SIDE + (index % 300) };
  const measured = { ...base, fetchedAt, scores, sha256, ...size };
  if (index % 10 === 3) return emptyPair({ ...measured, outcome: 'filtered:blur' });
  const first = addressesOf(index - (index % 10));
  if (index % 10 > 7) return emptyPair({ ...measured, outcome: `duplicate:${pairId(first.imageUrl, first.pageUrl)}` });
  return emptyPair({ ...measured, outcome: 'ok', band: BANDS[index % BANDS.length]!, image });
}

const addressesOf = (index: number): { imageUrl: string; pageUrl: string } => ({
  imageUrl: `https://img.example/${index}.png`,
  pageUrl: `https://page.example/${Math.floor(index / 5)}.html`,
});
