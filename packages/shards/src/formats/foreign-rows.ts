import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Pair } from '../pair.ts';
import type { ColumnNames, ForeignRow, ReadContext } from './foreign-row.ts';
import { fingerprint, listInput } from './list-input.ts';
import type { ImportFormat, Input } from './list-input.ts';

/** How such files are read. */
export interface ForeignRowsOptions {
  /** Guessed from the names of the files by default. */
  format?: ImportFormat;
  /** Names of columns of a table, where they aren't among those known. */
  columns?: ColumnNames;
}

/** Rows of files that others wrote. */
export interface ForeignRows {
  /** Changes when the files do. */
  fingerprint: string;
  /** Streams the rows from the first; rows that follow one another and name the same picture are one. */
  rows: () => AsyncGenerator<ForeignRow, void, undefined>;
}

/**
 * Opens a list or folder of pictures as {@link importDataset} reads it, for whoever wants its rows before their pictures are
 * looked at.
 * @throws UserError INPUT_MISSING, FORMAT_UNKNOWN
 */
export async function openForeignRows(input: string, { format, columns = {} }: ForeignRowsOptions = {}): Promise<ForeignRows> {
  const path = resolve(input);
  const listed = await listInput(path, format);
  const imageRoot = (await stat(path)).isDirectory() ? path : dirname(path);
  return {
    fingerprint: await fingerprint(listed.files),
    rows: () => mergedRows(listed, { imageRoot, columns, advance: () => {} }),
  };
}

/** Rows that follow one another and name the same picture, as several captions of one do, become one row. */
export async function* mergedRows(input: Input, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  let held: ForeignRow | null = null;
  for await (const row of rowsOf(input, context)) {
    const same = held !== null && row.reference !== null && held.reference === row.reference;
    if (same && (held!.fields.pageUrl ?? null) === (row.fields.pageUrl ?? null)) {
      const texts = held!.fields.texts ?? [];
      const isNew = ({ kind, text }: Pair['texts'][number]): boolean =>
        !texts.some((known) => known.kind === kind && known.text === text);
      held!.fields.texts = [...texts, ...(row.fields.texts ?? []).filter(isNew)];
      continue;
    }
    if (held !== null) yield held;
    held = row;
  }
  if (held !== null) yield held;
}

async function* rowsOf({ files, read }: Input, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  for (const file of files) yield* read(file, context);
}
