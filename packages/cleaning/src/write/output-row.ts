import { createHash } from 'node:crypto';
import type { Outcome, Pair, PairText } from '@wenlan/shards';
import type { Fate, Grouping } from '../group/group-rows.ts';
import { encodePicture, mimeOf } from '../image/encode-picture.ts';
import type { EncodeOptions } from '../image/encode-picture.ts';
import { keptTexts } from '../measure/judge.ts';
import type { MeasuredRow } from '../measure/measure-row.ts';
import type { FacesOptions } from '../rules/detected.ts';
import type { SourceSteps } from '../recipe/compile-recipe.ts';

export interface OutputContext {
  /** Number of the row in the whole input. */
  index: number;
  fate: Fate;
  grouping: Grouping;
  steps: SourceSteps;
  encode: EncodeOptions;
  /** The same pair as an earlier cleaning wrote it with the same way of encoding; null if there is none. */
  encodedBefore: Pair | null;
}

/**
 * The row that is written for a row of the input. A kept one has its texts cleaned and, where need be, its picture encoded
 * anew; all others keep their texts as found and lose their picture.
 */
export async function outputRow(row: Pair, measured: MeasuredRow, context: OutputContext): Promise<Pair> {
  const { fate, grouping } = context;
  if (fate.kind === 'crawl') return { ...row, image: null };
  const { picture } = measured;
  const common: Pair = {
    ...row,
    image: null,
    mime: picture === null ? row.mime : mimeOf(picture.format),
    width: picture?.width ?? row.width,
    height: picture?.height ?? row.height,
    sha256: picture === null ? row.sha256 : Buffer.from(picture.sha256, 'hex'),
    phash: picture === null ? null : BigInt(`0x${picture.whole.phash}`),
    scores: { ...row.scores, ...scoresOf(measured, context) },
    outcome: outcomeOf(fate),
    cluster: fate.kind === 'duplicate' ? fate.of : null,
    band: grouping.band(context.index),
  };
  if (fate.kind !== 'kept') return common;
  const texts = textsOf(row, measured, context);
  const kept: Pair = { ...common, texts, image: row.image, cluster: grouping.clusterOf(context.index) };
  if (picture === null || row.image === null) return kept;
  if (context.encodedBefore !== null) {
    const { image, mime, width, height, sha256 } = context.encodedBefore;
    return { ...kept, image, mime, width, height, sha256 };
  }
  const blurred = blursFaces(context.steps) ? (picture.faces ?? []) : [];
  const encoded = await encodePicture(row.image, { ...picture, blurred }, context.encode, { maxPixels: context.steps.maxPixels });
  if (encoded === null) return kept;
  const { bytes, mime, width, height } = encoded;
  return { ...kept, image: bytes, mime, width, height, sha256: createHash('sha256').update(bytes).digest() };
}

/** Whether faces of the pictures of a source are to be made unrecognizable. */
export function blursFaces({ local }: SourceSteps): boolean {
  return local.some(({ rule, options }) => rule.name === 'faces' && (options as FacesOptions).blur);
}

function outcomeOf(fate: Exclude<Fate, { kind: 'crawl' }>): Outcome {
  if (fate.kind === 'kept') return 'ok';
  return fate.kind === 'filtered' ? `filtered:${fate.rule}` : `duplicate:${fate.of}`;
}

function textsOf(row: Pair, measured: MeasuredRow, { index, grouping, steps }: OutputContext): PairText[] {
  const judged = grouping.texts(index);
  return keptTexts(measured.texts, steps)
    .filter((_text, at) => judged[at]!.kept)
    .map((text) => ({ kind: row.texts[text]!.kind, text: measured.texts[text]!.text }));
}

/** Scores of a text carry its number among the texts as found: `length.0`. */
function scoresOf(measured: MeasuredRow, { index, grouping, steps }: OutputContext): Record<string, number> {
  const scores: Record<string, number> = { ...measured.scores, ...grouping.scores(index) };
  for (const [text, { scores: own }] of measured.texts.entries()) {
    for (const [rule, score] of Object.entries(own)) scores[`${rule}.${text}`] = score;
  }
  const judged = grouping.texts(index);
  for (const [at, text] of keptTexts(measured.texts, steps).entries()) {
    for (const [rule, score] of Object.entries(judged[at]!.scores)) scores[`${rule}.${text}`] = score;
  }
  return scores;
}
