import { z } from 'zod';
import { BANDS, minHashBands } from '../dedup/min-hash.ts';
import { foldText, jaccard, shinglesOf } from '../dedup/shingles.ts';
import { forEachHammingPair } from '../group/hamming-pairs.ts';
import type { LookColumns } from '../group/look-columns.ts';
import type { SignatureTable } from '../group/signature-table.ts';
import { colorDistance } from '../image/color-signature.ts';
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
    const rows = Float64Array.from({ length: table.rows }, (_, row) => (context.alive(row) ? 0 : Number.NaN));
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
  rows: Float64Array,
  table: SignatureTable,
  columns: LookColumns,
  looks: readonly Look[],
  { maxDistance, maxColorDistance }: DecontaminateOptions,
): void {
  const judged = [...rows.keys()].filter((row) => !Number.isNaN(rows[row]) && table.hasPicture[row] === 1);
  const low = Uint32Array.from([
    ...looks.map(({ phash }) => Number(phash & 0xffff_ffffn)),
    ...judged.map((row) => columns.low[row]!),
  ]);
  const high = Uint32Array.from([...looks.map(({ phash }) => Number(phash >> 32n)), ...judged.map((row) => columns.high[row]!)]);
  const pair = new Uint8Array(looks[0]!.colors.length * 2);
  forEachHammingPair({ low, high }, maxDistance, (left, right) => {
    if (left >= looks.length || right < looks.length) return;
    const row = judged[right - looks.length]!;
    if ((rows[row]! & PICTURE) !== 0) return;
    pair.set(looks[left]!.colors);
    pair.set(columns.colorsOf(row), looks[left]!.colors.length);
    if (colorDistance(pair, 0, 1, maxColorDistance) <= maxColorDistance) rows[row] = rows[row]! | PICTURE;
  });
}

function markTexts(
  rows: Float64Array,
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
      rows[row] = rows[row]! | TEXT;
      break;
    }
  }
}
