import { createHash } from 'node:crypto';
import { truthFromCaptions } from '@wenlan/evaluation';
import type { Picture } from '@wenlan/model';
import { type Pair, readManifest, readPairs } from '@wenlan/shards';
import { UsageError } from '../usage-error.ts';

/** The pairs that every system is asked about. */
export interface HeldOut {
  images: Picture[];
  captions: string[];
  /** All texts of each picture of the kinds asked for: the references of captioning. */
  references: string[][];
  texts: readonly string[];
  truth: readonly (readonly number[])[];
  captionPolicy: string;
  /** Checksum of the split's shards. */
  splitSha256: string;
}

/** The pictures of a split that have a text of the kinds, at most `maxPairs` of them, drawn by the hash of their ids. */
export async function heldOutPairs(
  data: string,
  { split, maxPairs, captionKinds }: { split: string; maxPairs: number; captionKinds: readonly string[] },
): Promise<HeldOut> {
  const chosen: { order: string; picture: Picture; texts: string[] }[] = [];
  for await (const rows of readPairs(data, {
    splits: [split],
    columns: ['texts', 'image', 'width', 'height', 'boxes'],
    where: ({ outcome }) => outcome === 'ok',
  })) {
    for (const { id, image, texts, ...picture } of rows) {
      const own = captionKinds.flatMap((kind) => textsOf(texts, kind));
      if (image === null || own.length === 0) continue;
      const order = createHash('sha256').update(id).digest('hex');
      chosen.push({ order, picture: pictureOf(image, picture), texts: own });
    }
  }
  if (chosen.length === 0) {
    throw new UsageError(
      'GALLERY_EMPTY',
      `${data} has no pair in split ${split} with a text of kind ${captionKinds.join(', ')}; choose others.`,
    );
  }
  chosen.sort((a, b) => (a.order < b.order ? -1 : 1));
  const kept = chosen.slice(0, maxPairs);
  const captions = kept.map(({ texts }) => texts[0]!);
  const { texts, truth, captionPolicy } = truthFromCaptions(captions);
  const { shards } = await readManifest(data);
  const hash = createHash('sha256');
  for (const shard of shards) if (shard.split === split) hash.update(`${shard.sha256}\n`);
  return {
    images: kept.map(({ picture }) => picture),
    captions,
    references: kept.map((pair) => pair.texts),
    texts,
    truth,
    captionPolicy: `the first text of kind ${captionKinds.join(', ')}; ${captionPolicy}`,
    splitSha256: hash.digest('hex'),
  };
}

/** What a model looks at, copied out of the memory of its neighbours. */
export function pictureOf(image: Uint8Array, { width, height, boxes }: Pick<Pair, 'width' | 'height' | 'boxes'>): Picture {
  return { image: Uint8Array.from(image), width, height, boxes };
}

function textsOf(texts: Pair['texts'], kind: string): string[] {
  return texts.filter((text) => text.kind === kind && text.text.trim() !== '').map(({ text }) => text);
}
