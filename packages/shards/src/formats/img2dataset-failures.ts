import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { badRow } from './foreign-row.ts';
import type { ForeignRow, ReadContext } from './foreign-row.ts';
import { img2datasetOutcome } from './img2dataset-outcome.ts';
import { readRecords } from './read-parquet.ts';
import { rowOfRecord } from './record-row.ts';

/** The rows of the table beside a tar or folder of img2dataset whose pictures it couldn't get; nothing if there is no table. */
export async function* img2datasetFailures(
  path: string,
  owner: string,
  context: ReadContext,
): AsyncGenerator<ForeignRow, void, undefined> {
  const stats = await stat(path).catch(() => null);
  if (stats === null || !stats.isFile()) return;
  const name = basename(path);
  let number = 0;
  for await (const group of readRecords({ path, name, bytes: stats.size })) {
    if (typeof group === 'string') {
      yield badRow(`${owner} (${name})`, group);
      continue;
    }
    for (const record of group) {
      const at = { where: `${name} row ${number}`, place: `${owner}#${number}` };
      if (img2datasetOutcome(record) !== null) yield { ...rowOfRecord(record, at, context), reference: null };
      number += 1;
    }
  }
}
