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
  context: DatasetContext,
): DatasetScores & { duplicateOf: Int32Array } {
  const rows = new Float64Array(table.rows).fill(Number.NaN);
  const duplicateOf = new Int32Array(table.rows).fill(-1);
  const alive: number[] = [];
  for (let row = 0; row < table.rows; row += 1) {
    if (!context.alive(row)) continue;
    alive.push(row);
    rows[row] = 0;
  }
  for (const members of sets.clusters(alive)) {
    members.sort(context.prefer);
    for (const [rank, row] of members.entries()) {
      rows[row] = rank;
      if (rank > 0) duplicateOf[row] = members[0]!;
    }
  }
  return { rows, duplicateOf };
}

/** Largest picture, then longest text, then most trusted source, then smallest id: which of two duplicates stays comes first. */
export function survivorOrder(table: SignatureTable, trust: readonly string[]): (left: number, right: number) => number {
  const distrust = (row: number): number => {
    const index = trust.indexOf(table.source(row));
    return index < 0 ? trust.length : index;
  };
  return (left, right) => {
    const [leftPixels, rightPixels] = [table.pixels[left]!, table.pixels[right]!];
    if (leftPixels !== rightPixels) return rightPixels > leftPixels ? 1 : -1;
    return (
      table.textUnits[right]! - table.textUnits[left]! ||
      distrust(left) - distrust(right) ||
      (table.id(left) < table.id(right) ? -1 : 1)
    );
  };
}
