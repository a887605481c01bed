import { forEachKeyGroup, KEY_WORDS, KeyedRecords } from '../dedup/keyed-records.ts';
import type { NumberColumn } from '../dedup/number-column.ts';
import { mix32 } from '../dedup/shingles.ts';
import type { DatasetContext, DatasetScores } from '../rule.ts';
import type { SignatureTable } from './signature-table.ts';
import type { UnionFind } from './union-find.ts';

/**
 * Ranks the members of each cluster by {@link DatasetContext.prefer}: score 0 for the survivor and for pairs that duplicate
 * nothing, 1 and more for the others.
 */
export function rankClusters(
  table: SignatureTable,
  sets: UnionFind,
  { alive, prefer }: DatasetContext,
): DatasetScores & { duplicateOf: NumberColumn } {
  const ranks = table.numbers('f64', Number.NaN);
  const duplicateOf = table.numbers('i32', -1);
  const joined = new Uint8Array(table.rows);
  for (let row = 0; row < table.rows; row += 1) {
    if (!alive(row)) continue;
    ranks.set(row, 0);
    if (sets.find(row) !== row) joined[row] = joined[sets.find(row)] = 1;
  }
  const members = new KeyedRecords(
    joined.reduce((count, mark) => count + mark, 0),
    table.spill,
  );
  for (let row = 0; row < table.rows; row += 1) {
    if (joined[row] === 0) continue;
    const set = sets.find(row);
    members.addKey(set, mix32(set) >>> 0, row);
  }
  members.forEachPartition((records) => {
    forEachKeyGroup(records, KEY_WORDS, (places) => {
      const [survivor, ...others] = places.map((place) => records[place + 2]!).sort(prefer);
      for (const [index, row] of others.entries()) {
        ranks.set(row, index + 1);
        duplicateOf.set(row, survivor!);
      }
    });
  });
  return { rows: ranks, duplicateOf };
}

/** Largest picture, then longest text, then most trusted source, then smallest id: which of two duplicates stays comes first. */
export function survivorOrder(table: SignatureTable, trust: readonly string[]): (left: number, right: number) => number {
  const distrust = (row: number): number => {
    const index = trust.indexOf(table.source(row));
    return index < 0 ? trust.length : index;
  };
  return (left, right) => {
    const [leftPixels, rightPixels] = [table.pixels.get(left), table.pixels.get(right)];
    if (leftPixels !== rightPixels) return rightPixels > leftPixels ? 1 : -1;
    return (
      table.textUnits.get(right) - table.textUnits.get(left) ||
      distrust(left) - distrust(right) ||
      (table.id(left) < table.id(right) ? -1 : 1)
    );
  };
}
