import type { DatasetContext } from '../rule.ts';
import type { SignatureTable } from './signature-table.ts';

/** The rows that the rules before kept, as often as it is called. */
export const liveRows = (table: SignatureTable, { alive }: Pick<DatasetContext, 'alive'>): (() => Iterable<number>) =>
  function* () {
    for (let row = 0; row < table.rows; row += 1) if (alive(row)) yield row;
  };
