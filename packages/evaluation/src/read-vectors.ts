import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Table, tableFromIPC } from 'apache-arrow';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readNpy } from './npy.ts';
import { UserError } from './user-error.ts';
import type { Vectors } from './vectors.ts';

/**
 * Reads a matrix: `.npy`; or the first column of lists of numbers in an Arrow IPC file or stream (`.arrow`, `.feather`) or a Parquet file
 * (`.parquet`), a row each.
 *
 * @throws UserError `VECTORS_FORMAT` naming the file and the row; as `readNpy`
 */
export async function readVectors(file: string): Promise<Vectors> {
  switch (extname(file)) {
    case '.npy':
      return await readNpy(file);
    case '.arrow':
    case '.feather':
      return fromRows(file, await arrowRows(file));
    case '.parquet':
      return fromRows(file, await parquetRows(file));
    default:
      return refuse(file, 'is of an unknown type');
  }
}

async function arrowRows(file: string): Promise<Iterable<unknown>> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => refuse(file, `can't be read (${error.code})`));
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (cause) {
    return refuse(file, 'is no Arrow file', cause);
  }
  const index = table.schema.fields.findIndex(
    ({ type }) => 'children' in type && Array.isArray(type.children) && type.children.length === 1,
  );
  const column = table.getChildAt(index);
  return column ?? refuse(file, `has no column of lists (it has ${table.schema.fields.map(({ name }) => name).join(', ')})`);
}

async function parquetRows(file: string): Promise<Iterable<unknown>> {
  const buffer = await asyncBufferFromFile(file).catch((error: NodeJS.ErrnoException) =>
    refuse(file, `can't be read (${error.code})`),
  );
  const rows = await parquetReadObjects({ file: buffer, compressors }).catch((cause: unknown) =>
    refuse(file, 'is no Parquet file', cause),
  );
  const name = Object.entries(rows[0] ?? {}).find(([, value]) => isList(value))?.[0];
  if (name === undefined)
    return refuse(file, `has no column of lists (it has ${Object.keys(rows[0] ?? {}).join(', ') || 'no rows'})`);
  return rows.map((row) => row[name] as unknown);
}

function fromRows(file: string, lists: Iterable<unknown>): Vectors {
  const rows: ArrayLike<number>[] = [];
  for (const list of lists) {
    const row = isList(list) ? Float32Array.from(list, Number) : refuse(file, `has nothing in row ${rows.length}`);
    if (row.length !== (rows[0] ?? row).length) {
      return refuse(file, `has ${row.length} numbers in row ${rows.length}, ${rows[0]!.length} in row 0`);
    }
    rows.push(row);
  }
  const dim = rows[0]?.length ?? 0;
  if (dim === 0) return refuse(file, 'has no rows');
  const values = new Float32Array(rows.length * dim);
  for (const [index, row] of rows.entries()) values.set(row, index * dim);
  return { values, rows: rows.length, dim };
}

function isList(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'length' in value;
}

function refuse(file: string, what: string, cause?: unknown): never {
  throw new UserError(
    'VECTORS_FORMAT',
    `${file} ${what}; give vectors as .npy, or as a column of float lists in .arrow or .parquet.`,
    { cause },
  );
}
