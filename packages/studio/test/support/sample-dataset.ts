import { createHash } from 'node:crypto';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';

export const COLOURS = { 红色: '#c62828', 绿色: '#2e7d32', 蓝色: '#1565c0', 黄色: '#f9a825' } as const;
/** Outlines in a square of 60, in white that lets the colour through. */
const THINGS = {
  气球: '<circle cx="30" cy="22" r="17"/><path d="M30 39l-4 6h8zM29 45h2v15h-2z"/>',
  帆船: '<path d="M28 4v36H8zM32 12v28h18zM4 44h52l-8 12H12z"/>',
  房子: '<path d="M30 6l26 22H4zM10 30h40v26H34V40h-8v16H10z"/>',
  树叶: '<path d="M8 52C2 20 26 4 54 6 56 36 40 56 14 48l18-20L8 52z"/>',
  雨伞: '<path d="M4 30a26 24 0 0 1 52 0zM29 30h3v22a5 5 0 0 1-10 0h3a2 2 0 0 0 4 0z"/>',
};

/** Pairs of simple pictures with captions that name their colour; each seventh failed, each eleventh duplicates the one before. */
export async function writeSampleDataset(folder: string, rows: number): Promise<void> {
  const things = Object.entries(THINGS);
  const pictures = await Promise.all(
    things.map(([, outline]) =>
      Promise.all(Object.values(COLOURS).map((colour, index) => drawPicture(colour, outline, 120 + 40 * index))),
    ),
  );
  const writer = await openDataset(folder, { stage: 'clean', recipe: { name: 'sample' }, maxShardRows: 500 });
  let last = '';
  for (let index = 0; index < rows; index += 1) {
    const imageUrl = `https://pictures.example/${index}.png`;
    const pageUrl = `https://pages.example/${index % 10}.html`;
    const id = pairId(imageUrl, pageUrl);
    const failed = index % 7 === 3;
    const outcome = failed ? 'timeout' : index % 11 === 10 ? (`duplicate:${last}` as const) : 'ok';
    const colour = index % Object.keys(COLOURS).length;
    const thing = index % things.length;
    const picture = pictures[thing]![colour]!;
    const fields: Partial<Pair> = failed
      ? {}
      : { ...picture, sha256: createHash('sha256').update(picture.image).digest(), scores: { aesthetic: (index % 100) / 100 } };
    const caption = `${Object.keys(COLOURS)[colour]}的${things[thing]![0]}，第${index}张`;
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

async function drawPicture(
  colour: string,
  outline: string,
  width: number,
): Promise<Pick<Pair, 'image' | 'mime' | 'width' | 'height'> & { image: Buffer }> {
  const height = 90;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour}"/><g transform="translate(${width / 2 - 30} 15)" fill="white" fill-opacity="0.5">${outline}</g></svg>`;
  const image = await sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
  return { image, mime: 'image/png', width, height };
}
