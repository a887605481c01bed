import { createHash } from 'node:crypto';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import { encodePng } from './png.ts';

const COLOURS = ['红', '橙', '黄', '绿', '青', '蓝', '紫', '灰'];
const SHAPES = ['方块', '横条', '竖条', '棋盘'];
const RGB: [number, number, number][] = [
  [220, 40, 40],
  [240, 150, 40],
  [240, 220, 40],
  [50, 170, 60],
  [40, 190, 190],
  [40, 80, 220],
  [140, 60, 190],
  [120, 120, 120],
];

/** Pictures of eight colours in four patterns, with Chinese captions and an occasional title: 32 meanings in all. */
function colourPair(index: number): Pair {
  const [colour, shape] = [index % COLOURS.length, Math.floor(index / COLOURS.length) % SHAPES.length];
  const painted = [
    () => true,
    (_: number, y: number) => y % 4 < 2,
    (x: number) => x % 4 < 2,
    (x: number, y: number) => (x + y) % 4 < 2,
  ][shape]!;
  const image = encodePng(16, 16, (x, y) => (painted(x, y) ? RGB[colour]! : [250, 250, 250]));
  const imageUrl = `https://img.example.test/${index}.png`;
  const caption = `${COLOURS[colour]}色的${SHAPES[shape]}`;
  return emptyPair({
    id: pairId(imageUrl, null),
    source: 'local',
    outcome: 'ok',
    imageUrl,
    image,
    mime: 'image/png',
    width: 16,
    height: 16,
    sha256: createHash('sha256').update(image).digest(),
    texts: [
      { kind: 'caption', text: caption },
      ...(index % 3 === 0 ? [{ kind: 'title' as const, text: `第${index}张:${caption}` }] : []),
    ],
  });
}

/** Writes a small clean dataset; by index in the train split, pictures of `undecodable` are cut short and those of `untold` have no text. */
export async function writeColourPairs(
  location: string,
  {
    train,
    validation = 0,
    undecodable = [],
    untold = [],
  }: { train: number; validation?: number; undecodable?: number[]; untold?: number[] },
): Promise<string[]> {
  const rows = Array.from({ length: train }, (_, index) => colourPair(index));
  for (const index of undecodable) {
    const image = rows[index]!.image!.subarray(0, 40);
    rows[index] = { ...rows[index]!, image, sha256: createHash('sha256').update(image).digest() };
  }
  for (const index of untold) rows[index] = { ...rows[index]!, texts: [] };
  const recipe = { train, validation, undecodable, untold };
  const writer = await openDataset(location, { stage: 'clean', recipe, maxShardRows: 10 });
  await writer.append(rows, 'train');
  await writer.append(
    Array.from({ length: validation }, (_, index) => colourPair(1000 + index)),
    'validation',
  );
  await writer.finish();
  await writer.close();
  return rows.map(({ id }) => id);
}
