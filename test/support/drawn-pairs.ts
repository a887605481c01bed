import { createHash } from 'node:crypto';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import { type Drawing, drawings } from './drawings.ts';

/** A dataset of 24 meanings, one SVG picture for each in every variant; the last variant, larger and shifted, is the test split. */
export async function writeDrawnPairs(location: string, variants: number): Promise<void> {
  const writer = await openDataset(location, { stage: 'clean', recipe: { variants } });
  for (let variant = 0; variant < variants; variant++) {
    const rows = drawings(variant).map((drawing) => drawnPair(drawing, variant));
    await writer.append(rows, variant === variants - 1 ? 'test' : 'train');
  }
  await writer.finish();
  await writer.close();
}

function drawnPair({ caption, svg }: Drawing, variant: number): Pair {
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
