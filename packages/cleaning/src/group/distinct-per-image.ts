import type { KeyColumn } from '../dedup/key-column.ts';
import { KeyedRecords } from '../dedup/keyed-records.ts';
import type { NumberColumn } from '../dedup/number-column.ts';
import { noteInto } from '../reduce/joined-sets.ts';
import { singleTasks } from '../reduce/reduce-here.ts';
import type { DatasetContext } from '../rule.ts';
import type { SignatureTable } from './signature-table.ts';

/**
 * For each live row, how many distinct keys the rows with the same picture have, rows that were dropped before included: the
 * crawler marks a picture that it met again as a duplicate, and just these say on how many pages it stands.
 */
export async function distinctPerImage(
  table: SignatureTable,
  keys: KeyColumn,
  { alive, reduce }: DatasetContext,
): Promise<NumberColumn> {
  const { imageKeys } = table;
  const counts = table.numbers('f64', Number.NaN);
  const records = new KeyedRecords(table.rows, table.spill, 2);
  for (let row = 0; row < table.rows; row += 1) {
    if (imageKeys.isNone(row)) continue;
    if (alive(row)) counts.set(row, 1);
    records.addKey(imageKeys.low(row), imageKeys.high(row), row, keys.low(row), keys.high(row));
  }
  const note = (row: number, _other: number, distinct: number): void => {
    if (alive(row)) counts.set(row, distinct);
  };
  await reduce({ reduction: { kind: 'distinct-values' }, records, tasks: singleTasks(records) }, table, noteInto(note));
  return counts;
}
