import { COLOR_BYTES } from '../image/color-signature.ts';
import type { Look } from '../image/look.ts';
import { judgePair, judgeText, keptTexts } from '../measure/judge.ts';
import type { MeasuredDataset } from '../measure/measured-dataset.ts';
import type { MeasuredRow, StoredLook } from '../measure/measure-row.ts';
import type { CompiledRecipe } from '../recipe/compile-recipe.ts';
import type { Funnel } from '../report/funnel.ts';
import type { SampleDraw } from '../report/samples.ts';
import { EMPTIED } from '../rule.ts';
import { key64 } from '../seeded-hash.ts';
import { countUnits } from '../text/characters.ts';
import { SignatureTable } from './signature-table.ts';

/** Where a row stands: kept so far, dropped by the crawler, or by the rule of that index. */
export const ALIVE = -1;
export const CRAWL = -2;

/** Reads the measured rows into a table, and judges each by the rules that look at nothing but the row. */
export async function buildTable(
  dataset: MeasuredDataset,
  recipe: CompiledRecipe,
  funnel: Funnel,
  samples: SampleDraw,
): Promise<{ table: SignatureTable; droppedBy: Int16Array }> {
  const table = new SignatureTable(dataset.rows);
  const droppedBy = new Int16Array(dataset.rows).fill(ALIVE);
  for await (const rows of dataset.read()) {
    for (const row of rows) {
      droppedBy[table.rows] = judgeRow(row, table.rows, recipe, funnel, samples);
      addRow(table, row, recipe);
    }
  }
  return { table, droppedBy };
}

function judgeRow(row: MeasuredRow, at: number, recipe: CompiledRecipe, funnel: Funnel, samples: SampleDraw): number {
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
      if (step === dropper) break;
    }
  }
  const dropper = judgePair(scores, steps);
  for (const step of steps.local) {
    funnel.count(step.rule.name, 'pair', source, step !== dropper);
    if (step === dropper) break;
  }
  if (dropper === null) return ALIVE;
  samples.offer(dropper.rule.name, id, { row: at, text: null, score: scores[dropper.rule.name] ?? null });
  return dropper.index;
}

function addRow(table: SignatureTable, row: MeasuredRow, recipe: CompiledRecipe): void {
  const texts = keptTexts(row.texts, recipe.forSource(row.source)).map((index) => row.texts[index]!.text);
  const { picture } = row;
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
  });
}

function restoreLook({ phash, colors }: StoredLook): Look {
  const bytes = Buffer.from(colors, 'base64');
  if (bytes.byteLength !== COLOR_BYTES)
    throw new Error(`A colour signature has ${bytes.byteLength} bytes instead of ${COLOR_BYTES}.`);
  return { phash: BigInt(`0x${phash}`), colors: bytes };
}
