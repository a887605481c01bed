import { z } from 'zod';
import { BANDS, minHashBands } from '../dedup/min-hash.ts';
import { foldText, jaccard, shinglesOf } from '../dedup/shingles.ts';
import type { LookColumns } from '../group/look-columns.ts';
import type { SignatureTable } from '../group/signature-table.ts';
import { colorDistance } from '../image/color-signature.ts';
import { HammingIndex } from '../reduce/hamming-pairs.ts';
import type { NumberColumn } from '../dedup/number-column.ts';
import type { Look } from '../image/look.ts';
import type { DatasetContext, DatasetRule } from '../rule.ts';

export interface DecontaminateOptions {
  /** Datasets, folders of pictures and files of texts, as paths from the working directory. */
  sets: string[];
  /** As those of `near-duplicate` and `near-duplicate-text`. */
  maxDistance: number;
  maxColorDistance: number;
  minJaccard: number;
  /** Shorter texts, which many pictures have in common, don't count. */
  minCharacters: number;
}

const PICTURE = 1;
const TEXT = 2;
const NGRAM = 2;

/**
 * Drops pairs whose picture looks like one of an evaluation set, or one of whose texts is nearly one of its texts. Score 0: in
 * none of them, 1: the picture, 2: a text, 3: both.
 */
export const decontaminate: DatasetRule<DecontaminateOptions> = {
  name: 'decontaminate',
  unit: 'dataset',
  options: z.strictObject({
    sets: z.array(z.string().min(1)).default([]),
    maxDistance: z.int().min(0).max(16).default(8),
    maxColorDistance: z.int().min(0).max(255).default(20),
    minJaccard: z.number().min(0.5).max(1).default(0.8),
    minCharacters: z.int().min(1).default(8),
  }),
  measure(table, options, context) {
    const rows = table.numbers('f64', Number.NaN);
    for (let row = 0; row < table.rows; row += 1) if (context.alive(row)) rows.set(row, 0);
    const { looks = [], texts = [] } = context.evaluation ?? {};
    if (looks.length > 0) {
      markPictures(
        rows,
        table,
        table.whole,
        looks.map(({ whole }) => whole),
        options,
      );
      markPictures(
        rows,
        table,
        table.trimmed,
        looks.map(({ trimmed }) => trimmed),
        options,
      );
    }
    if (texts.length > 0) markTexts(rows, table, texts, options, context);
    return { rows };
  },
  keep: (score) => score === 0,
};

function markPictures(
  rows: NumberColumn,
  table: SignatureTable,
  columns: LookColumns,
  looks: readonly Look[],
  { maxDistance, maxColorDistance }: DecontaminateOptions,
): void {
  const index = new HammingIndex(
    looks.map(({ phash }) => phash),
    maxDistance,
  );
  const pair = new Uint8Array(looks[0]!.colors.length * 2);
  for (let row = 0; row < table.rows; row += 1) {
    if (!table.hasPicture(row) || Number.isNaN(rows.get(row)) || (rows.get(row) & PICTURE) !== 0) continue;
    const near = index.some(columns.hashes.low(row), columns.hashes.high(row), (look) => {
      pair.set(looks[look]!.colors);
      pair.set(columns.colorsOf(row), looks[look]!.colors.length);
      return colorDistance(pair, 0, 1, maxColorDistance) <= maxColorDistance;
    });
    if (near) rows.set(row, rows.get(row) | PICTURE);
  }
}

function markTexts(
  rows: NumberColumn,
  table: SignatureTable,
  texts: readonly string[],
  { minJaccard, minCharacters }: DecontaminateOptions,
  { alive }: DatasetContext,
): void {
  const keys = new Uint32Array(BANDS * 2);
  const bandKeys = (shingles: Int32Array): string[] => {
    minHashBands(shingles, keys);
    return Array.from({ length: BANDS }, (_, index) => `${keys[index * 2]} ${keys[index * 2 + 1]}`);
  };
  const whole = new Set<string>();
  const byBand = new Map<string, Int32Array[]>();
  for (const text of texts) {
    const folded = foldText(text);
    if (folded.length < minCharacters || whole.has(folded)) continue;
    whole.add(folded);
    const shingles = shinglesOf(folded, NGRAM);
    for (const key of bandKeys(shingles)) {
      const known = byBand.get(key);
      if (known === undefined) byBand.set(key, [shingles]);
      else known.push(shingles);
    }
  }
  for (let row = 0; row < table.rows; row += 1) {
    if (!alive(row)) continue;
    for (const text of table.text(row)?.split('\n') ?? []) {
      const folded = foldText(text);
      if (folded.length < minCharacters) continue;
      const shingles = shinglesOf(folded, NGRAM);
      const isIn =
        whole.has(folded) ||
        bandKeys(shingles).some((key) => byBand.get(key)?.some((other) => jaccard(shingles, other) >= minJaccard) ?? false);
      if (!isIn) continue;
      rows.set(row, rows.get(row) | TEXT);
      break;
    }
  }
}
