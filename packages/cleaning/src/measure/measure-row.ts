import { createHash } from 'node:crypto';
import { canonicalUrl } from '@wenlan/shards';
import type { Outcome, Pair, Source } from '@wenlan/shards';
import type { Detectors } from '../detectors/detector.ts';
import { runDetectors } from '../detectors/run-detectors.ts';
import { decodePicture } from '../image/decode-picture.ts';
import { looksOf } from '../image/look.ts';
import type { Look, Looks } from '../image/look.ts';
import type { Picture } from '../image/picture.ts';
import type { CompiledRecipe, SourceSteps } from '../recipe/compile-recipe.ts';
import { RULES } from '../rules/rule-table.ts';
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
  /** The texts as they came in, and their kinds: from them they are measured anew when a rule on texts changes. */
  found: { kind: Pair['texts'][number]['kind']; text: string }[];
  /** Of every rule on pictures, whether or not the recipe names it; of the recipe's rules on pairs once they are settled. */
  scores: Record<string, number>;
  picture: MeasuredPicture | null;
  /** What a scorer said to the picture and each of the texts; absent without one. */
  scored?: { correlations: (number | null)[]; vector: string | null };
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
  /** Of the detector of faces, and what that of text read; absent without one. */
  faces?: [number, number, number, number][];
  read?: string;
}

/** A {@link Look} as JSON. */
export interface StoredLook {
  /** Hexadecimal, 64 bits. */
  phash: string;
  /** Base64 of [9, 9, 3]. */
  colors: string;
}

const NO_KEY = '0';
const IMAGE_RULES = RULES.filter((rule) => rule.unit === 'image');

/** Measures everything that can be measured on a row alone, with one decode of its picture. */
export async function measureRow(row: Pair, recipe: CompiledRecipe, detectors: Detectors = {}): Promise<MeasuredRow> {
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
    found: [],
    scores: {},
    picture: null,
  };
  if (outcome !== 'ok') return measured;
  const steps = recipe.forSource(source);
  measured.found = row.texts.map(({ kind, text }) => ({ kind, text }));
  measured.texts = row.texts.map(({ kind, text }) => measureText(text, { kind, source }, steps));
  const picture = image === null ? null : await decodeOrNull(image, steps.maxPixels);
  if (picture !== null) {
    if (Object.keys(detectors).length > 0) picture.detections = await runDetectors(detectors, image!, picture, steps.maxPixels);
    measured.picture = storePicture(picture, Buffer.from(sha256!).toString('hex'));
  }
  measureImage(picture, measured.scores);
  return measured;
}

/** What every rule on pictures measures on one that was decoded, or wasn't. */
function measureImage(picture: Picture | null, scores: Record<string, number>): void {
  for (const rule of IMAGE_RULES) {
    const own = rule.measure(picture, {} as never);
    for (const name in own) scores[name] = Math.fround(own[name]!);
  }
}

/** All measures of a decoded picture: the scores of every rule, and its looks. */
export function measurePicture(picture: Picture): { scores: Record<string, number>; looks: Looks } {
  const scores: Record<string, number> = {};
  measureImage(picture, scores);
  return { scores, looks: looksOf(picture.raster) };
}

/** Gives the row the scores of rules on pairs, which depend on the texts that were kept. */
export function settlePair(measured: MeasuredRow, steps: SourceSteps): void {
  if (measured.outcome !== 'ok') return;
  const kept = keptTexts(measured.texts, steps).map((index) => measured.texts[index]!.text);
  for (const { rule, options } of steps.local) {
    if (rule.unit === 'pair') measured.scores[rule.name] = Math.fround(rule.measure(kept, options));
  }
}

function storePicture({ format, width, height, vector, raster, detections }: Picture, sha256: string): MeasuredPicture {
  const { whole, trimmed, trimmedWidth, trimmedHeight } = looksOf(raster);
  const faces = detections?.faces?.boxes;
  const read = detections?.['text-in-picture']?.text;
  return {
    format,
    width,
    height,
    vector,
    sha256,
    whole: storeLook(whole),
    trimmed: storeLook(trimmed),
    trimmedWidth: Math.fround(trimmedWidth),
    trimmedHeight: Math.fround(trimmedHeight),
    ...(faces === undefined ? {} : { faces: faces.map(([x1, y1, x2, y2]) => [x1, y1, x2, y2]) }),
    ...(read === undefined ? {} : { read }),
  };
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
