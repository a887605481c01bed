import { open, readFile, rename, rm } from 'node:fs/promises';
import { DiskFullError } from '@wenlan/shards';
import type { MeasuredRow } from './measure-row.ts';

const FORMAT = 'wenlan-measured/1';

/** What a file was measured from: a file with another header is measured anew. */
export interface MeasuredHeader {
  /** Hexadecimal SHA-256 of the shard. */
  shard: string;
  /** Hexadecimal SHA-256 of what decides the measures. */
  recipe: string;
  rows: number;
}

/**
 * Writes the measured rows of one shard, one JSON object a line after the header, so that the file is there whole or not.
 * @throws DiskFullError
 */
export async function writeMeasured(path: string, header: MeasuredHeader, rows: readonly MeasuredRow[]): Promise<void> {
  const lines = [JSON.stringify({ format: FORMAT, ...header }), ...rows.map((row) => JSON.stringify(row))];
  const temporary = `${path}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(`${lines.join('\n')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new DiskFullError(path, { cause: error });
    throw error;
  }
}

/** The rows of a file with just this header; null if there is none such. */
export async function readMeasured(path: string, header: MeasuredHeader): Promise<MeasuredRow[] | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const lines = text.split('\n');
  if (lines[0] !== JSON.stringify({ format: FORMAT, ...header })) return null;
  const rows = lines.slice(1, -1).map((line) => JSON.parse(line) as MeasuredRow);
  return rows.length === header.rows ? rows : null;
}

/** As {@link readMeasured}, without reading the rows. */
export async function isMeasured(path: string, header: MeasuredHeader): Promise<boolean> {
  const expected = Buffer.from(`${JSON.stringify({ format: FORMAT, ...header })}\n`);
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const found = Buffer.alloc(expected.byteLength);
    const { bytesRead } = await handle.read(found, 0, found.byteLength, 0);
    return bytesRead === expected.byteLength && found.equals(expected);
  } finally {
    await handle.close();
  }
}
