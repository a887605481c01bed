import { createHash } from 'node:crypto';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';

export const COLOURS = { 红色: '#c62828', 绿色: '#2e7d32', 蓝色: '#1565c0', 黄色: '#f9a825' } as const;
const THINGS = ['气球', '帆船', '房子', '树叶', '雨伞'];

/** Pairs of plain pictures with captions that name their colour; each seventh failed, each eleventh duplicates the one before. */
export async function writeSampleDataset(folder: string, rows: number): Promise<void> {
  const pictures = await Promise.all(Object.values(COLOURS).map((colour, index) => plainPicture(colour, 120 + 40 * index)));
  const writer = await openDataset(folder, { stage: 'clean', recipe: { name: 'sample' }, maxShardRows: 500 });
  let last = '';
  for (let index = 0; index < rows; index += 1) {
    const imageUrl = `https://pictures.example/${index}.png`;
    const pageUrl = `https://pages.example/${index % 10}.html`;
    const id = pairId(imageUrl, pageUrl);
    const failed = index % 7 === 3;
    const outcome = failed ? 'timeout' : index % 11 === 10 ? (`duplicate:${last}` as const) : 'ok';
    const picture = pictures[index % pictures.length]!;
    const fields: Partial<Pair> = failed
      ? {}
      : { ...picture, sha256: createHash('sha256').update(picture.image).digest(), scores: { aesthetic: (index % 100) / 100 } };
    const caption = `${Object.keys(COLOURS)[index % pictures.length]}的${THINGS[index % THINGS.length]}，第${index}张`;
    const texts: Pair['texts'] = [
      { kind: 'caption', text: caption },
      { kind: 'surrounding', text: `Photo ${index} <b>bold</b>` },
    ];
    const source = index % 2 === 0 ? 'news' : 'weibo';
    await writer.append(
      [emptyPair({ id, source, outcome, imageUrl, pageUrl, texts, fetchedAt: 1.7e12 + index * 1000, ...fields })],
      index % 10 === 0 ? 'test' : 'train',
    );
    if (outcome === 'ok') last = id;
  }
  await writer.finish();
}

async function plainPicture(
  background: string,
  width: number,
): Promise<Pick<Pair, 'image' | 'mime' | 'width' | 'height'> & { image: Buffer }> {
  const height = 90;
  const image = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
  return { image, mime: 'image/png', width, height };
}
