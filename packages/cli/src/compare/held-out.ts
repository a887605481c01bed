import { createHash } from 'node:crypto';
import { truthFromCaptions } from '@wenlan/evaluation';
import { decodePixels, type Pair, readManifest, readPairs } from '@wenlan/shards';
import { UsageError } from '../usage-error.ts';

/** The pairs that every system is asked about. */
export interface HeldOut {
  images: Uint8Array[];
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
  const chosen: { order: string; image: Uint8Array; texts: string[] }[] = [];
  for await (const rows of readPairs(data, {
    splits: [split],
    columns: ['texts', 'image'],
    where: ({ outcome }) => outcome === 'ok',
  })) {
    for (const { id, image, texts } of rows) {
      const own = captionKinds.flatMap((kind) => textsOf(texts, kind));
      if (image === null || own.length === 0) continue;
      chosen.push({ order: createHash('sha256').update(id).digest('hex'), image: Uint8Array.from(image), texts: own });
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
    images: kept.map(({ image }) => image),
    captions,
    references: kept.map((pair) => pair.texts),
    texts,
    truth,
    captionPolicy: `the first text of kind ${captionKinds.join(', ')}; ${captionPolicy}`,
    splitSha256: hash.digest('hex'),
  };
}

/** The pictures as a model takes them, [count, side, side, 3]. */
export async function pixelsOf(images: readonly Uint8Array[], side: number): Promise<Float32Array> {
  const size = side * side * 3;
  const pixels = new Float32Array(images.length * size);
  for (const [row, image] of images.entries()) pixels.set(await decodePixels(image, side), row * size);
  return pixels;
}

function textsOf(texts: Pair['texts'], kind: string): string[] {
  return texts.filter((text) => text.kind === kind && text.text.trim() !== '').map(({ text }) => text);
}
