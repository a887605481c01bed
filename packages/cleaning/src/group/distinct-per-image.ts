import type { SignatureTable } from './signature-table.ts';
import type { DatasetContext } from '../rule.ts';

/**
 * For each live row, how many distinct keys the rows with the same picture have, rows that were dropped before included: the
 * crawler marks a picture that it met again as a duplicate, and just these say on how many pages it stands.
 */
export function distinctPerImage(table: SignatureTable, keys: BigUint64Array, context: DatasetContext): Float64Array {
  const seen = new Map<bigint, Set<bigint>>();
  for (let row = 0; row < table.rows; row += 1) {
    const image = table.imageKeys[row]!;
    if (image === 0n) continue;
    const set = seen.get(image);
    if (set === undefined) seen.set(image, new Set([keys[row]!]));
    else set.add(keys[row]!);
  }
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const image = table.imageKeys[row]!;
    return image === 0n || !context.alive(row) ? Number.NaN : seen.get(image)!.size;
  });
}
