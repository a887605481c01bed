import { createHash } from 'node:crypto';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';

const COLOURS: [name: string, fill: string][] = [
  ['红色', '#d22'],
  ['黄色', '#ec2'],
  ['绿色', '#2a4'],
  ['蓝色', '#24d'],
  ['紫色', '#84b'],
  ['黑色', '#111'],
];
/** Shapes around the middle of a 100 × 100 picture. */
const SHAPES: [name: string, element: string][] = [
  ['圆形', '<circle cx="50" cy="50" r="34"/>'],
  ['方形', '<rect x="20" y="20" width="60" height="60"/>'],
  ['三角形', '<path d="M50 14 88 82 12 82Z"/>'],
  ['横条', '<rect x="6" y="38" width="88" height="24"/>'],
];

/** A dataset of 24 meanings, one SVG picture for each in every variant; the last variant, larger and shifted, is the test split. */
export async function writeDrawnPairs(location: string, variants: number): Promise<void> {
  const writer = await openDataset(location, { stage: 'clean', recipe: { variants } });
  for (let variant = 0; variant < variants; variant++) {
    const rows = COLOURS.flatMap(([colour, fill]) =>
      SHAPES.map(([shape, element]) => drawnPair(`${colour}的${shape}`, fill, element, variant)),
    );
    await writer.append(rows, variant === variants - 1 ? 'test' : 'train');
  }
  await writer.finish();
  await writer.close();
}

function drawnPair(caption: string, fill: string, element: string, variant: number): Pair {
  const transform = `translate(${(variant * 7) % 11} ${(variant * 5) % 13}) scale(${0.75 + (variant % 4) * 0.07})`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><g fill="${fill}" transform="${transform}">${element}</g></svg>`;
  const image = Buffer.from(svg);
  const imageUrl = `http://drawn.example.test/${encodeURIComponent(caption)}/${variant}.svg`;
  return emptyPair({
    id: pairId(imageUrl, null),
    source: 'local',
    outcome: 'ok',
    imageUrl,
    image,
    mime: 'image/svg+xml',
    width: 100,
    height: 100,
    sha256: createHash('sha256').update(image).digest(),
    texts: [{ kind: 'caption', text: caption }],
  });
}
