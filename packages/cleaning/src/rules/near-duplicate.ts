import { z } from 'zod';
import { KeyedRecords } from '../dedup/keyed-records.ts';
import { mix32 } from '../dedup/shingles.ts';
import type { SignatureTable } from '../group/signature-table.ts';
import { rankClusters } from '../group/survivors.ts';
import { UnionFind } from '../group/union-find.ts';
import { HashRecords, planHamming } from '../reduce/hamming-plan.ts';
import { joinInto } from '../reduce/joined-sets.ts';
import type { DatasetContext, DatasetRule, DatasetScores } from '../rule.ts';

export interface NearDuplicateOptions {
  /** Bits of the perceptual hash that may differ. */
  maxDistance: number;
  /** Levels of 255 by which any channel of any cell of the colour signature may differ. */
  maxColorDistance: number;
  /** How many times as wide or as high one drawing may stand in its white margins as the other. */
  maxScale: number;
}

/** How many times the colour distance allowed two pictures may have to count as nearly the same. */
const NEAR = 1.25;

/**
 * Keeps one of the pairs whose pictures look the same: perceptual hashes within `maxDistance` bits *and* colour signatures
 * within `maxColorDistance`, either of the pictures as they are or of what stands in their white margins, if that is of about
 * the same size. Pairs are joined into clusters, so that no two survivors look the same. Score 0 is the survivor;
 * `near-duplicate.distance` and `near-duplicate.color` are the distances to it.
 *
 * Measured with the thresholds of the default recipe, 8, 20 and 1.15, on sets of emoji that all mean something else, those
 * with the same pixels left out: of Apple's 1,908, 6 are taken for another, of Google's 1,911 2, of Twemoji's 1,871 3, of
 * OpenMoji's 1,908, where faces differ by a line, 31. Of copies as PNG of 36 to 128 pixels 92 to 100 in 100 are found, as
 * JPEG or WebP of quality 60 to 90 98 to 100, with a white margin of 2.5 or 5 % on each side 88 to 99; of JPEGs of 48 pixels 65 to 97.
 */
export const nearDuplicate: DatasetRule<NearDuplicateOptions> = {
  name: 'near-duplicate',
  unit: 'dataset',
  options: z.strictObject({
    maxDistance: z.int().min(0).max(16),
    maxColorDistance: z.int().min(0).max(255),
    maxScale: z.number().min(1),
  }),
  async measure(table, options, context) {
    const sets = new UnionFind(table.rows);
    const near = new KeyedRecords(table.rows, table.spill);
    for (const look of ['whole', 'trimmed'] as const) await joinPictures(table, look, options, context, sets, near);
    const ranked = rankClusters(table, sets, context);
    const nearlyJoined = nearestOthers(table, near, sets);
    const distance = table.numbers('f64', Number.NaN);
    const color = table.numbers('f64', Number.NaN);
    for (let row = 0; row < table.rows; row += 1) {
      const survivor = ranked.duplicateOf.get(row);
      if (survivor < 0) continue;
      const [bits, levels] = distances(table, row, survivor);
      distance.set(row, bits);
      color.set(row, levels);
    }
    return { ...ranked, nearlyJoined, more: { 'near-duplicate.distance': distance, 'near-duplicate.color': color } };
  },
  keep: (rank) => rank === 0,
};

async function joinPictures(
  table: SignatureTable,
  look: 'whole' | 'trimmed',
  { maxDistance, maxColorDistance, maxScale }: NearDuplicateOptions,
  { alive, reduce }: DatasetContext,
  sets: UnionFind,
  near: KeyedRecords,
): Promise<void> {
  const { hashes } = table[look];
  let count = 0;
  for (let row = 0; row < table.rows; row += 1) if (table.hasPicture(row) && alive(row)) count += 1;
  const plan = planHamming(count, maxDistance, table.spill);
  const records = new HashRecords(plan, table.spill);
  for (let row = 0; row < table.rows; row += 1)
    if (table.hasPicture(row) && alive(row)) records.addHash(hashes.low(row), hashes.high(row), row);
  const nearColorDistance = Math.ceil(maxColorDistance * NEAR);
  const reduction = {
    kind: 'similar-pictures',
    options: { plan, look, maxColorDistance, nearColorDistance, maxScale },
  } as const;
  const output = joinInto(sets, (row, other, color) => near.add(near.partitionOf(mix32(row) >>> 0), row, other, color));
  await reduce({ reduction, records, tasks: records.tasks }, table, output);
}

/** For each row that was nearly joined with one outside of its cluster, the nearest by colour. @param near [row, other, distance] */
function nearestOthers(table: SignatureTable, near: KeyedRecords, sets: UnionFind): NonNullable<DatasetScores['nearlyJoined']> {
  const nearest = { row: table.numbers('i32', -1), score: table.numbers('f64', Number.NaN) };
  near.forEachPartition((records) => {
    for (let at = 0; at < records.length; at += near.words) {
      const [row, other, color] = [records[at]!, records[at + 1]!, records[at + 2]!];
      const best = nearest.score.get(row);
      if (sets.find(row) === sets.find(other) || color > best || (color === best && other > nearest.row.get(row))) continue;
      nearest.row.set(row, other);
      nearest.score.set(row, color);
    }
  });
  return nearest;
}

/** In bits and in levels of colour, with or without margins, whichever is nearer. */
function distances({ whole, trimmed }: SignatureTable, left: number, right: number): [number, number] {
  const [nearer] = [whole, trimmed]
    .map((looks): [number, number] => [looks.bits(left, right), looks.colorDistance(left, right, 255)])
    .sort(([, first], [, second]) => first - second);
  return nearer!;
}
