import { createHash } from 'node:crypto';
import { canonicalUrl } from '@wenlan/shards';
import type { Outcome, Pair, Source } from '@wenlan/shards';
import { decodePicture } from '../image/decode-picture.ts';
import { looksOf } from '../image/look.ts';
import type { Look } from '../image/look.ts';
import type { Picture } from '../image/picture.ts';
import type { CompiledRecipe, SourceSteps } from '../recipe/compile-recipe.ts';
import { key64 } from '../seeded-hash.ts';
import { keptTexts } from './judge.ts';
import { measureText } from './measure-text.ts';
import type { MeasuredText } from './measure-text.ts';

/** All that the later passes want to know of a row, without its picture. */
export interface MeasuredRow {
  id: string;
  source: Source;
  /** As it came in. */
  outcome: Outcome;
  imageUrl: string | null;
  /** First 64 bits of SHA-256, hexadecimal; `0` stands for none. */
  imageKey: string;
  urlKey: string;
  pageKey: string;
  /** One for each text of the row; empty, as are the fields below, if the row came in with another outcome than `ok`. */
  texts: MeasuredText[];
  /** Of rules on pairs and pictures. */
  scores: Record<string, number>;
  picture: MeasuredPicture | null;
}

export interface MeasuredPicture {
  format: string;
  width: number;
  height: number;
  vector: boolean;
  /** Hexadecimal, of the bytes as they came in. */
  sha256: string;
  /** As it is, and without white margins. */
  whole: StoredLook;
  trimmed: StoredLook;
  /** Shares of the longer side of the picture. */
  trimmedWidth: number;
  trimmedHeight: number;
}

/** A {@link Look} as JSON. */
export interface StoredLook {
  /** Hexadecimal, 64 bits. */
  phash: string;
  /** Base64 of [9, 9, 3]. */
  colors: string;
}

const NO_KEY = '0';

/** Measures everything that can be measured on a row alone, with one decode of its picture. */
export async function measureRow(row: Pair, recipe: CompiledRecipe): Promise<MeasuredRow> {
  const { id, source, outcome, imageUrl, pageUrl, image } = row;
  const sha256 = image === null ? row.sha256 : createHash('sha256').update(image).digest();
  const measured: MeasuredRow = {
    id,
    source,
    outcome,
    imageUrl,
    imageKey: sha256 === null ? NO_KEY : key64(sha256).toString(16),
    urlKey: imageUrl === null ? NO_KEY : key64(canonicalUrl(imageUrl)).toString(16),
    pageKey: pageUrl === null ? NO_KEY : key64(canonicalUrl(pageUrl)).toString(16),
    texts: [],
    scores: {},
    picture: null,
  };
  if (outcome !== 'ok') return measured;
  const steps = recipe.forSource(source);
  measured.texts = row.texts.map(({ kind, text }) => measureText(text, { kind, source }, steps));
  const picture = image === null ? null : await decodeOrNull(image, steps.maxPixels);
  Object.assign(measured.scores, measureLocal(measured.texts, picture, steps));
  if (picture !== null) {
    const { format, width, height, vector, raster } = picture;
    const { whole, trimmed, trimmedWidth, trimmedHeight } = looksOf(raster);
    measured.picture = {
      format,
      width,
      height,
      vector,
      sha256: Buffer.from(sha256!).toString('hex'),
      whole: storeLook(whole),
      trimmed: storeLook(trimmed),
      trimmedWidth: Math.fround(trimmedWidth),
      trimmedHeight: Math.fround(trimmedHeight),
    };
  }
  return measured;
}

const storeLook = ({ phash, colors }: Look): StoredLook => ({
  phash: phash.toString(16),
  colors: Buffer.from(colors).toString('base64'),
});

async function decodeOrNull(image: Uint8Array, maxPixels: number): Promise<Picture | null> {
  try {
    return await decodePicture(image, { maxPixels });
  } catch {
    // Whatever is wrong with the bytes, the rule `decode` drops them.
    return null;
  }
}

function measureLocal(texts: readonly MeasuredText[], picture: Picture | null, steps: SourceSteps): Record<string, number> {
  const kept = keptTexts(texts, steps).map((index) => texts[index]!.text);
  const scores: Record<string, number> = {};
  for (const { rule, options } of steps.local) {
    const own = rule.unit === 'image' ? rule.measure(picture, options) : { [rule.name]: rule.measure(kept, options) };
    for (const [name, score] of Object.entries(own)) scores[name] = Math.fround(score);
  }
  return scores;
}
