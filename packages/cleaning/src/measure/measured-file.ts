import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DiskFullError } from '@wenlan/shards';
import type { MeasuredRow } from './measure-row.ts';

const FORMAT = 'wenlan-measured/2';
const NEWLINE = 10;

/** What a file was measured from: a file with another header is measured anew. */
export interface MeasuredHeader {
  /** Hexadecimal SHA-256 of the shard. */
  shard: string;
  rows: number;
  /** What decides the measures of pictures: the limits, and the models. */
  pictures: PictureMeasures;
  /** Hexadecimal SHA-256 of what decides the measures of texts. */
  texts: string;
}

export interface PictureMeasures {
  /** By source, where the recipe has the rule `decode`. */
  maxPixels: Record<string, number>;
  /** Names of the detectors, by kind. */
  detectors: Record<string, string>;
  scorer: string | null;
}

/**
 * Writes the measured rows of one shard: a line of JSON that says of what, then, compressed, one JSON object a line; so that
 * the file is there whole or not.
 * @throws DiskFullError
 */
export async function writeMeasured(path: string, header: MeasuredHeader, rows: readonly MeasuredRow[]): Promise<void> {
  const body = await promisify(gzip)(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { level: 1 });
  // Two machines may measure the same shard, one of them because it takes the other for dead.
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(Buffer.concat([headerLine(header), body]));
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

const headerLine = (header: MeasuredHeader): Buffer => Buffer.from(`${JSON.stringify({ format: FORMAT, ...header })}\n`);

/** A file's header and rows; null if there is none, or none of this format. */
export async function readMeasuredFile(path: string): Promise<{ header: MeasuredHeader; rows: MeasuredRow[] } | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const end = bytes.indexOf(NEWLINE);
  try {
    const { format, ...header } = JSON.parse(bytes.toString('utf8', 0, end)) as MeasuredHeader & { format: string };
    if (format !== FORMAT) return null;
    const lines = (await promisify(gunzip)(bytes.subarray(end + 1))).toString('utf8').split('\n');
    const rows = lines.slice(0, -1).map((line) => JSON.parse(line) as MeasuredRow);
    return rows.length === header.rows ? { header, rows } : null;
  } catch {
    return null;
  }
}

/** The rows of a file with just this header; null if there is none such. */
export async function readMeasured(path: string, header: MeasuredHeader): Promise<MeasuredRow[] | null> {
  if (!(await isMeasured(path, header))) return null;
  return (await readMeasuredFile(path))?.rows ?? null;
}

/** As {@link readMeasured}, without reading the rows. */
export async function isMeasured(path: string, header: MeasuredHeader): Promise<boolean> {
  const expected = headerLine(header);
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
