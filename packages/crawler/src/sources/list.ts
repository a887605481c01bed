import type { ForeignRow } from '@wenlan/shards';
import { NOTHING_SAID } from '../consent/opt-out.ts';
import type { PageCandidate, ReadPage } from '../pipeline/read-page.ts';
import { isHttp } from '../pipeline/read-page.ts';
import type { FileSourceAdapter } from './file-source.ts';
import { openRows } from './open-rows.ts';

/**
 * Lists of picture URLs with texts, as img2dataset takes them: CSV, TSV, JSON lines or Parquet, a file or a folder of such. Each
 * row of a list has a row in the dataset: a later one with a picture that an earlier one brought says `duplicate:ID`. Columns
 * are known by their usual names, or named in `columns`.
 */
export const list: FileSourceAdapter = {
  kind: 'list',
  open: ({ seeds, columns }) => openRows(seeds, columns, (row) => pageOfRow(row, urlCandidate(row))),
};

/** Lists come from elsewhere, so that a path in one names nothing of this machine. */
export function urlCandidate({ fields, outcome }: Pick<ForeignRow, 'fields' | 'outcome'>): Pick<PageCandidate, 'outcome'> {
  if (fields.imageUrl === null || fields.imageUrl === undefined) return { outcome: outcome ?? 'filtered:no-image' };
  return isHttp(fields.imageUrl) ? {} : { outcome: 'filtered:not-http' };
}

/** A row as a page with one picture. */
export function pageOfRow(
  { place, fields }: Pick<ForeignRow, 'place' | 'fields'>,
  picture: Pick<PageCandidate, 'outcome' | 'bytes'>,
): ReadPage {
  const { imageUrl = null, pageUrl = null, texts = [], consent } = fields;
  return {
    outcome: 'ok',
    detail: null,
    url: place,
    candidates: [{ imageUrl, pageUrl, texts, place, license: consent?.license ?? null, ...picture }],
    links: [],
    reservation: NOTHING_SAID,
    optOut: null,
    validator: null,
    requests: 0,
    crawlDelaySeconds: 0,
  };
}
