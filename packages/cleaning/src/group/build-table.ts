import { COLOR_BYTES } from '../image/color-signature.ts';
import type { SpillOptions } from '../dedup/spill-file.ts';
import { printedShare } from '../bands/printed-share.ts';
import type { Look } from '../image/look.ts';
import { judgePair, judgeText, keptTexts } from '../measure/judge.ts';
import type { MeasuredRow, StoredLook } from '../measure/measure-row.ts';
import type { CompiledRecipe } from '../recipe/compile-recipe.ts';
import type { Funnel } from '../report/funnel.ts';
import type { Histogram } from '../report/histogram.ts';
import { isNearMiss } from '../report/near-miss.ts';
import type { SampleDraw } from '../report/samples.ts';
import { EMPTIED } from '../rule.ts';
import { key64 } from '../seeded-hash.ts';
import { countUnits } from '../text/characters.ts';
import { SignatureTable } from './signature-table.ts';

/** Where a row stands: kept so far, dropped by the crawler, or by the rule of that index. */
export const ALIVE = -1;
export const CRAWL = -2;

/** Measured rows in the order of the dataset. */
export interface RowSource {
  rows: number;
  read(): AsyncIterable<MeasuredRow[]>;
}

/** What is noted for the report while rows are judged. */
export interface Tally {
  funnel: Funnel;
  samples: SampleDraw;
  /** By rule. */
  distribution: (rule: string) => Histogram;
}

/** Reads the measured rows into a table, and judges each by the rules that look at nothing but the row. */
export async function buildTable(
  dataset: RowSource,
  recipe: CompiledRecipe,
  tally: Tally,
  spill: SpillOptions | null,
): Promise<{ table: SignatureTable; droppedBy: Int16Array }> {
  const table = new SignatureTable(dataset.rows, spill);
  const droppedBy = new Int16Array(dataset.rows).fill(ALIVE);
  for await (const rows of dataset.read()) {
    for (const row of rows) {
      droppedBy[table.rows] = judgeRow(row, table.rows, recipe, tally);
      addRow(table, row, recipe);
    }
  }
  return { table, droppedBy };
}

function judgeRow(row: MeasuredRow, at: number, recipe: CompiledRecipe, { funnel, samples, distribution }: Tally): number {
  const { id, source, outcome, texts, scores } = row;
  funnel.count('crawl', 'pair', source, outcome === 'ok');
  if (outcome !== 'ok') return CRAWL;
  const steps = recipe.forSource(source);
  for (const [index, text] of texts.entries()) {
    const dropper = judgeText(text, steps);
    for (const step of [...steps.rewrite, ...steps.text]) {
      const { name, unit } = step.rule;
      const score = text.scores[name] ?? 0;
      funnel.count(name, 'text', source, step !== dropper);
      if (step === dropper || (unit === 'rewrite' && score !== 0)) {
        samples.offer(name, id, { row: at, text: index, score: score === EMPTIED ? null : score });
      }
      if (text.scores[name] !== undefined) distribution(name).add(text.scores[name]);
      if (step === dropper) break;
      const { rule, options } = step;
      if (rule.unit === 'text' && rule.thresholds !== undefined && isNearMiss(score, (other) => rule.keep(other, options)))
        samples.offerNear(name, id, { row: at, text: index, score });
    }
  }
  const dropper = judgePair(scores, steps);
  for (const step of steps.local) {
    const { rule, options } = step;
    const score = scores[rule.name];
    funnel.count(rule.name, 'pair', source, step !== dropper);
    if (score !== undefined) distribution(rule.name).add(score);
    if (step === dropper) break;
    const keep = (other: number): boolean =>
      rule.unit === 'image' ? rule.keep({ ...scores, [rule.name]: other }, options) : rule.keep(other, options);
    if (rule.thresholds !== undefined && score !== undefined && isNearMiss(score, keep))
      samples.offerNear(rule.name, id, { row: at, text: null, score });
  }
  if (dropper === null) return ALIVE;
  samples.offer(dropper.rule.name, id, { row: at, text: null, score: scores[dropper.rule.name] ?? null });
  return dropper.index;
}

function addRow(table: SignatureTable, row: MeasuredRow, recipe: CompiledRecipe): void {
  const kept = keptTexts(row.texts, recipe.forSource(row.source));
  const texts = kept.map((index) => row.texts[index]!.text);
  const { picture, scored } = row;
  const correlations = kept.map((index) => scored?.correlations[index] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  const read = picture?.read;
  table.add({
    id: row.id,
    source: row.source,
    imageUrl: row.imageUrl,
    imageKey: BigInt(`0x${row.imageKey}`),
    urlKey: BigInt(`0x${row.urlKey}`),
    pageKey: BigInt(`0x${row.pageKey}`),
    picture:
      picture === null
        ? null
        : {
            whole: restoreLook(picture.whole),
            trimmed: restoreLook(picture.trimmed),
            trimmedWidth: picture.trimmedWidth,
            trimmedHeight: picture.trimmedHeight,
            pixels: picture.vector ? Infinity : picture.width * picture.height,
          },
    textKeys: texts.map((text) => key64(text)),
    textUnits: texts.reduce((longest, text) => Math.max(longest, countUnits(text).all), 0),
    text: texts.length === 0 ? null : texts.join('\n'),
    vector: restoreVector(scored?.vector ?? null),
    correlation: correlations.length === 0 ? Number.NaN : Math.max(...correlations),
    printed: read === undefined || texts.length === 0 ? Number.NaN : Math.max(...texts.map((text) => printedShare(text, read))),
  });
}

function restoreVector(stored: string | null): Float32Array | null {
  return stored === null ? null : new Float32Array(Uint8Array.from(Buffer.from(stored, 'base64')).buffer);
}

function restoreLook({ phash, colors }: StoredLook): Look {
  const bytes = Buffer.from(colors, 'base64');
  if (bytes.byteLength !== COLOR_BYTES)
    throw new Error(`A colour signature has ${bytes.byteLength} bytes instead of ${COLOR_BYTES}.`);
  return { phash: BigInt(`0x${phash}`), colors: bytes };
}
