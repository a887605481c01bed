import { createHash } from 'node:crypto';
import { openForeignRows } from '@wenlan/shards';
import type { ColumnNames, ForeignRow } from '@wenlan/shards';
import type { ReadPage } from '../pipeline/read-page.ts';
import type { FileSource } from './file-source.ts';

/**
 * Opens lists or folders one after the other.
 * @throws UserError INPUT_MISSING, FORMAT_UNKNOWN
 */
export async function openRows(
  inputs: readonly string[],
  columns: ColumnNames | undefined,
  pageOf: (row: ForeignRow) => ReadPage,
): Promise<FileSource> {
  const opened = await Promise.all(inputs.map((input) => openForeignRows(input, { ...(columns !== undefined && { columns }) })));
  const hash = createHash('sha256');
  for (const { fingerprint } of opened) hash.update(fingerprint);
  return {
    fingerprint: hash.digest('hex'),
    async *pages() {
      for (const [index, { rows }] of opened.entries()) {
        for await (const row of rows()) yield pageOf({ ...row, place: `${index}/${row.place}` });
      }
    },
  };
}
