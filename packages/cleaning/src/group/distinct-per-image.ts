import { KeyGroups } from '../dedup/key-groups.ts';
import type { SignatureTable } from './signature-table.ts';
import type { DatasetContext } from '../rule.ts';

/**
 * For each live row, how many distinct keys the rows with the same picture have, rows that were dropped before included: the
 * crawler marks a picture that it met again as a duplicate, and just these say on how many pages it stands.
 */
export function distinctPerImage(table: SignatureTable, keys: BigUint64Array, context: DatasetContext): Float64Array {
  const counts = Float64Array.from({ length: table.rows }, (_, row) =>
    table.imageKeys[row] === 0n || !context.alive(row) ? Number.NaN : 1,
  );
  const groups = new KeyGroups(table.spill);
  for (let row = 0; row < table.rows; row += 1) if (table.imageKeys[row] !== 0n) groups.addKey(table.imageKeys[row]!, row);
  groups.forEachGroup((rows) => {
    const distinct = new Set(rows.map((row) => keys[row]!)).size;
    for (const row of rows) if (!Number.isNaN(counts[row])) counts[row] = distinct;
  });
  groups.close();
  return counts;
}
