import { decodePixels, type Pair, readManifest, readPairs, squashBoxes, type TextKind } from '@wenlan/shards';
import type { LoadedRun } from '../run.ts';
import { encodeRows, type EncodeProgress } from './encode-rows.ts';
import type { VectorRows } from './vector-file.ts';

/** Pictures that are decoded and encoded at once. */
const BATCH = 64;

/** What of a dataset is encoded, and into which file. */
export interface EncodeOptions {
  /** The Arrow file. */
  out: string;
  /** Which of a pair's texts stands for it: its first of the first of these kinds that it has. */
  captionKinds: readonly TextKind[];
  /** All by default. */
  splits?: readonly string[];
  /** Told after each batch. */
  onProgress?: (progress: EncodeProgress) => void;
  signal?: AbortSignal;
}

/** What was encoded. */
export interface Encoded {
  rows: number;
  /** Pairs without a text of these kinds, and of pictures those that don't decode. */
  skipped: number;
}

type EncodedPair = Pick<Pair, 'id' | 'imageUrl' | 'image' | 'width' | 'height' | 'boxes'> & { caption: string | null };

/** Encodes the pictures of a dataset's pairs whose outcome is `ok`, or their captions, a row each. @throws those of `readPairs` */
export async function encodeDataset(
  run: LoadedRun,
  what: 'pictures' | 'captions',
  data: string,
  { out, captionKinds, splits, onProgress, signal }: EncodeOptions,
): Promise<Encoded> {
  const { shards } = await readManifest(data);
  const key = [what, captionKinds, splits ?? null, run.weightsSha256, shards.map(({ sha256 }) => sha256)];
  const columns = [
    'texts',
    'imageUrl',
    ...(what === 'pictures' ? (['image', 'width', 'height', 'boxes'] as const) : []),
  ] as const;
  async function* rowsFrom(start: number): AsyncGenerator<EncodedPair> {
    let seen = 0;
    const where = ({ outcome }: Pick<Pair, 'outcome'>): boolean => outcome === 'ok' && (seen += 1) > start;
    for await (const rows of readPairs(data, { columns, where, ...(splits === undefined ? {} : { splits }) }))
      for (const { texts, ...row } of rows) yield { ...row, caption: captionOf(texts, captionKinds) };
  }
  const encode = async (rows: readonly EncodedPair[]): Promise<VectorRows> => {
    const good = rows.filter(({ caption }) => caption !== null);
    return what === 'pictures'
      ? encodePictures(run, good)
      : vectorRows(run, good, await run.encodeTexts(good.map(captionOfPair)));
  };
  const { seen, encoded } = await encodeRows({ key, rowsFrom, encode }, out, { signal, ...(onProgress && { onProgress }) });
  return { rows: encoded, skipped: seen - encoded };
}

/** Encodes sentences, a row each. */
export async function encodeSentences(
  run: LoadedRun,
  sentences: readonly string[],
  { out, onProgress, signal }: Pick<EncodeOptions, 'out' | 'onProgress' | 'signal'>,
): Promise<Encoded> {
  async function* rowsFrom(start: number): AsyncGenerator<{ id: string; text: string }> {
    for (let index = start; index < sentences.length; index += 1) yield { id: String(index + 1), text: sentences[index]! };
  }
  const encode = async (rows: readonly { id: string; text: string }[]): Promise<VectorRows> => {
    const texts = rows.map(({ text }) => text);
    return {
      ids: rows.map(({ id }) => id),
      texts,
      imageUrls: rows.map(() => null),
      values: await run.encodeTexts(texts),
      dim: run.dim,
    };
  };
  const { encoded } = await encodeRows({ key: [sentences, run.weightsSha256], rowsFrom, encode }, out, {
    signal,
    ...(onProgress && { onProgress }),
  });
  return { rows: encoded, skipped: 0 };
}

async function encodePictures(run: LoadedRun, pairs: readonly EncodedPair[]): Promise<VectorRows> {
  const kept: EncodedPair[] = [];
  const values: Float32Array[] = [];
  const size = run.side ** 2 * 3;
  for (let start = 0; start < pairs.length; start += BATCH) {
    const decoded = await Promise.all(
      pairs.slice(start, start + BATCH).map(async (pair) => ({
        pair,
        pixels: pair.image === null ? null : await decodePixels(pair.image, run.side).catch(() => null),
      })),
    );
    const good = decoded.flatMap(({ pair, pixels }) => (pixels === null ? [] : [{ pair, pixels }]));
    const batch = new Float32Array(good.length * size); // [good, side, side, 3]
    for (const [index, { pixels }] of good.entries()) batch.set(pixels, index * size);
    if (good.length > 0) {
      const boxes = good.map(({ pair }) => squashBoxes(pair, run.side));
      values.push(await run.encodeImages(batch, good.length, boxes));
    }
    kept.push(...good.map(({ pair }) => pair));
  }
  const joined = new Float32Array(kept.length * run.dim); // [kept, dim]
  let at = 0;
  for (const part of values) {
    joined.set(part, at);
    at += part.length;
  }
  return vectorRows(run, kept, joined);
}

function vectorRows({ dim }: LoadedRun, pairs: readonly EncodedPair[], values: Float32Array): VectorRows {
  return {
    ids: pairs.map(({ id }) => id),
    texts: pairs.map(captionOfPair),
    imageUrls: pairs.map(({ imageUrl }) => imageUrl),
    values,
    dim,
  };
}

const captionOfPair = ({ caption }: EncodedPair): string => caption!;

function captionOf(texts: Pair['texts'], kinds: readonly TextKind[]): string | null {
  for (const kind of kinds) {
    const found = texts.find((text) => text.kind === kind && text.text.trim() !== '');
    if (found !== undefined) return found.text;
  }
  return null;
}
