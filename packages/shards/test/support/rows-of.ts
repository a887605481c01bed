import { readPairs } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';

/** All rows of a dataset. */
export async function rowsOf(location: string): Promise<Pair[]> {
  const rows: Pair[] = [];
  for await (const batch of readPairs(location)) rows.push(...batch);
  return rows;
}
