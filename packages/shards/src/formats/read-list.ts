import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Info, Options } from 'csv-parse';
import { badRow } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { isKnownColumn, rowOfRecord } from './record-row.ts';
import { readLines, readText } from './read-text.ts';

/** A quote that is never closed would otherwise take the rest of the file for one cell. */
const MAX_RECORD_CHARACTERS = 400 * 2 ** 20;
const PICTURE = /^(?:https?:|file:|data:image)|\.(?:jpe?g|png|webp|gif|tiff?|svg|avif|bmp)$/i;

/** Streams the rows of a CSV, TSV or JSON-lines file that names pictures by path or URL, with their texts. */
export async function* readList(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  yield* /\.(?:jsonl|ndjson)$/i.test(file.name) ? readJsonLines(file, context) : readTable(file, context);
}

/** Streams the records of a JSON-lines file; empty lines are passed over. */
export async function* readJsonLines(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  let number = 0;
  for await (const line of readLines(file, context)) {
    number += 1;
    if (line.trim() === '') continue;
    const where = `${file.name} line ${number}`;
    yield jsonRow(line, where, `${file.name}#${number}`, context);
  }
}

function jsonRow(line: string, where: string, place: string, context: ReadContext): ForeignRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return badRow(where, `it isn't JSON (${(error as Error).message})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return badRow(where, 'it holds no JSON object');
  return rowOfRecord(value as Record<string, unknown>, { where, place }, context);
}

async function* readTable(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  const tabs = /\.(?:tsv|tab)$/i.test(file.name);
  // Quotes mean nothing in text/tab-separated-values as IANA registered it.
  const options: Options = {
    delimiter: tabs ? '\t' : ',',
    quote: tabs ? null : '"',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    info: true,
  };
  const parser = parse(options);
  const text = Readable.from(readText(file, context));
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  let names: string[] | null = null;
  let line = 0;
  try {
    for await (const item of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      line = item.info.lines;
      const cells = item.record;
      if (names === null) {
        const header = cells.some((cell) => isKnownColumn(cell.trim(), context.columns));
        names = header ? cells.map((cell) => cell.trim()) : namesOf(cells);
        if (header) continue;
      }
      const where = `${file.name} line ${line}`;
      if (cells.length < 2 && names.length > 1) {
        yield badRow(where, `it has ${cells.length} cell instead of ${names.length}`);
        continue;
      }
      const record = Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']));
      yield rowOfRecord(record, { where, place: `${file.name}#${line}` }, context);
    }
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('CSV_')) throw error;
    yield badRow(`${file.name} after line ${line}`, (error as Error).message);
  }
}

/** Without a header, the first cell that looks like a picture is one, and the first of the others is its text. */
function namesOf(cells: readonly string[]): string[] {
  const picture = Math.max(
    0,
    cells.findIndex((cell) => PICTURE.test(cell.trim())),
  );
  const text = picture === 0 ? 1 : 0;
  return cells.map((_, column) => (column === picture ? 'image' : column === text ? 'caption' : `column ${column}`));
}
