import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { openForeignRows, storageOf } from '@wenlan/shards';
import type { ForeignRow } from '@wenlan/shards';
import type { FileSourceAdapter } from './file-source.ts';
import { pageOfRow, urlCandidate } from './list.ts';
import type { SourceConfig } from './source-adapter.ts';

/** A row of a list as a line of JSON, without what only files of this machine have. */
export interface StoredListRow {
  place: string;
  outcome: ForeignRow['outcome'];
  fields: Pick<ForeignRow['fields'], 'imageUrl' | 'pageUrl' | 'texts' | 'consent'>;
}

/** The rows of the lists of a source in their order, to be cut into several lists. @throws UserError INPUT_MISSING, FORMAT_UNKNOWN */
export async function* listRows({ seeds, columns }: Pick<SourceConfig, 'seeds' | 'columns'>): AsyncGenerator<StoredListRow> {
  for (const [index, seed] of seeds.entries()) {
    const { rows } = await openForeignRows(seed, { ...(columns !== undefined && { columns }) });
    for await (const { place, outcome, fields } of rows()) {
      const { imageUrl = null, pageUrl = null, texts = [], consent = null } = fields;
      yield { place: `${index}/${place}`, outcome, fields: { imageUrl, pageUrl, texts, consent } };
    }
  }
}

/** Reads files of {@link StoredListRow}s, a line each, in folders or S3, as the `list` reads what they were cut from. */
export const storedList: FileSourceAdapter = {
  kind: 'list',
  async open({ seeds }) {
    const hash = createHash('sha256');
    for (const file of seeds) for await (const bytes of storageOf(file).stream(file)) hash.update(bytes);
    return {
      fingerprint: hash.digest('hex'),
      async *pages() {
        for (const file of seeds) {
          for await (const line of createInterface({ input: Readable.from(storageOf(file).stream(file)), crlfDelay: Infinity })) {
            const row = JSON.parse(line) as StoredListRow;
            yield pageOfRow(row, urlCandidate(row));
          }
        }
      },
    };
  },
};
