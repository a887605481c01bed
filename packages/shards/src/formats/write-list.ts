import type { FileHandle } from 'node:fs/promises';
import type { Pair } from '../pair.ts';

export const TABLE_TYPES = ['csv', 'tsv', 'jsonl'] as const;
/** Tables as text. */
export type TableType = (typeof TABLE_TYPES)[number];

const HEADER = ['url', 'caption', 'page_url', 'id', 'width', 'height'];

/** Writes where the pictures are, and their texts; in CSV and TSV, which have one cell for it, the first text. */
export async function writeList(handle: FileHandle, rows: readonly Pair[], type: TableType): Promise<void> {
  const lines = type === 'jsonl' ? rows.map(jsonLine) : [HEADER, ...rows.map(cellsOf)].map(type === 'csv' ? csvLine : tsvLine);
  await handle.writeFile(lines.map((line) => `${line}\n`).join(''));
}

const jsonLine = ({ imageUrl, texts, pageUrl, id, width, height }: Pair): string =>
  JSON.stringify({ url: imageUrl, texts, page_url: pageUrl, id, width, height });

const cellsOf = ({ imageUrl, texts, pageUrl, id, width, height }: Pair): string[] =>
  [imageUrl, texts[0]?.text, pageUrl, id, width, height].map((value) => String(value ?? ''));

/** RFC 4180. */
const csvLine = (cells: readonly string[]): string =>
  cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');

/** Tabs and line ends can't stand in a cell. */
const tsvLine = (cells: readonly string[]): string => cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t');
