import type { LoadedRun } from '@wenlan/model';
import { decodePixels, type Pair, type PairText, readPairs, squashBoxes } from '@wenlan/shards';
import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

/** Which pairs of a dataset are looked at, and which of its texts stands for a pair. */
export interface GalleryChoice {
  /** All splits by default. */
  splits?: string[];
  /** All sources by default. */
  sources?: string[];
  captionKinds: PairText['kind'][];
}

/** One picture of a gallery; its row in the feature matrix is its index. */
export interface GalleryEntry {
  id: string;
  caption: string;
  imageUrl: string | null;
}

export interface Gallery {
  entries: GalleryEntry[];
  /** L2-normed rows [entries.length, dim]. */
  images: { values: Float32Array; rows: number; dim: number };
  /** Pairs without a text or with a picture that doesn't decode. */
  skipped: { id: string; reason: string }[];
}

/**
 * Encodes the pictures of the pairs whose outcome is `ok`.
 * @throws UsageError when no pair fits the choice
 */
export async function encodeGallery(
  run: LoadedRun,
  data: string,
  choice: GalleryChoice,
  context: CommandContext,
): Promise<Gallery> {
  const { splits, sources, captionKinds } = choice;
  const entries: GalleryEntry[] = [];
  const skipped: Gallery['skipped'] = [];
  const parts: Float32Array[] = [];
  const where = ({ outcome, source }: Pick<Pair, 'outcome' | 'source'>): boolean =>
    outcome === 'ok' && (sources === undefined || sources.includes(source));
  const columns = ['texts', 'imageUrl', 'image', 'width', 'height', 'boxes'] as const;
  for await (const rows of readPairs(data, { ...(splits && { splits }), columns, where })) {
    if (context.signal.aborted) throw new Error('The signal was aborted.');
    const decoded = await Promise.all(rows.map((pair) => decodeOne(pair, run.side, captionKinds)));
    const good: Float32Array[] = [];
    const boxes: (Float32Array | null)[] = [];
    for (const [index, result] of decoded.entries()) {
      const { id, imageUrl } = rows[index]!;
      if ('reason' in result) {
        skipped.push({ id, reason: result.reason });
        continue;
      }
      entries.push({ id, caption: result.caption, imageUrl });
      good.push(result.pixels);
      boxes.push(squashBoxes(rows[index]!, run.side));
    }
    if (good.length > 0) parts.push(await run.encodeImages(concatenate(good), good.length, boxes));
    context.reporter.progress({ stage: 'encode', done: entries.length, unit: 'pictures' });
  }
  if (entries.length === 0) {
    const named = splits === undefined ? 'no pair' : `no pair in split ${splits.join(', ')}`;
    throw new UsageError('GALLERY_EMPTY', `${data} has ${named} with a picture and a text; choose another split or dataset.`);
  }
  return { entries, images: { values: concatenate(parts), rows: entries.length, dim: run.dim }, skipped };
}

async function decodeOne(
  pair: Pair,
  side: number,
  kinds: PairText['kind'][],
): Promise<{ caption: string; pixels: Float32Array } | { reason: string }> {
  const caption = captionOf(pair, kinds);
  if (caption === undefined) return { reason: `it has no text of kind ${kinds.join(', ')}` };
  if (pair.image === null) return { reason: 'it has no picture' };
  return decodePixels(pair.image, side).then(
    (pixels) => ({ caption, pixels }),
    (error: Error) => ({ reason: error.message }),
  );
}

/** A pair's first text of the first kind that it has. */
function captionOf(pair: Pair, kinds: PairText['kind'][]): string | undefined {
  for (const kind of kinds) {
    const found = pair.texts.find((text) => text.kind === kind && text.text.trim() !== '');
    if (found) return found.text;
  }
  return undefined;
}

function concatenate(parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
