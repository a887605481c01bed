import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TEMPORARY_SUFFIX, writeAtomically } from './atomic-write.ts';
import { canonicalJson, firstDifference } from './canonical-json.ts';
import { rethrowWriteError } from './disk-full-error.ts';
import { writeFolder } from './formats/write-folder.ts';
import { TABLE_TYPES, writeList } from './formats/write-list.ts';
import type { TableType } from './formats/write-list.ts';
import { writeParquet } from './formats/write-parquet.ts';
import { writeWebdataset } from './formats/write-webdataset.ts';
import { parseWhere } from './formats/where.ts';
import { readManifestBytes } from './manifest.ts';
import type { Pair } from './pair.ts';
import { readPairs } from './read-pairs.ts';
import { payloadBytes } from './shard-writer.ts';
import { UserError } from './user-error.ts';
import { takeWriterLock } from './writer-lock.ts';

export const EXPORT_FORMATS = ['parquet', 'webdataset', 'list', 'folder'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const RECORD_FILE = 'export.json';
const DEFAULT_MAX_FILE_ROWS = 10_000;
const DEFAULT_MAX_FILE_BYTES = 256 * 2 ** 20;

export interface ExportOptions {
  /** Folder that the files go to. */
  out: string;
  format: ExportFormat;
  /** A condition on columns, see {@link parseWhere}, or a function; by default all rows that the format has room for. */
  where?: string | ((row: Pair) => boolean);
  /** All by default. */
  splits?: readonly string[];
  /** Of a `list`; `csv` by default. */
  table?: TableType;
  /** A file ends at this many rows (10,000) … */
  maxFileRows?: number;
  /** … or once its pictures and texts have this many bytes (256 MB). */
  maxFileBytes?: number;
  /** An abort leaves the finished files; the same call then goes on from there. */
  signal?: AbortSignal;
  onProgress?: (progress: ExportProgress) => void;
}

/** Told after each file. */
export interface ExportProgress {
  rowsRead: number;
  rowsTotal: number;
  rows: number;
  files: number;
}

export interface ExportedFile {
  /** Relative to the folder; for the format `folder` a folder. */
  file: string;
  split: string;
  rows: number;
  bytes: number;
  /** Hexadecimal, of the bytes; of a folder: of its files in order. */
  sha256: string;
}

/** What `export.json` holds: what was exported how, and which files are finished. */
export interface ExportSummary {
  format: ExportFormat;
  /** Of the dataset's manifest. */
  manifestSha256: string;
  options: { where: string | null; splits: string[] | null; table: TableType | null; maxFileRows: number; maxFileBytes: number };
  files: ExportedFile[];
  rows: number;
  /** Rows that were wanted but have no picture, or no URL, where the format needs one. */
  leftOut: number;
  complete: boolean;
}

/**
 * Writes a dataset for other programs. `parquet`: all columns, pictures in one of them. `webdataset`: tars whose members are
 * sorted and have unique names. `list`: URL and text as CSV, TSV or JSON lines. `folder`: pictures with their texts beside.
 * Without a condition, `parquet` gets every row, the others those whose outcome is `ok`.
 * Equal datasets and options give equal bytes. A call that was killed goes on when it is repeated.
 * @throws UserError FORMAT_UNKNOWN, WHERE_INVALID, EXPORT_DIFFERS, those of {@link readPairs}; DiskFullError; the signal's reason
 */
export async function exportDataset(dataset: string, options: ExportOptions): Promise<ExportSummary> {
  const { format, signal, onProgress } = options;
  if (!EXPORT_FORMATS.includes(format)) {
    throw new UserError('FORMAT_UNKNOWN', `There is no format ${format as string}; use one of ${EXPORT_FORMATS.join(', ')}.`);
  }
  if (options.table !== undefined && !TABLE_TYPES.includes(options.table)) {
    throw new UserError('FORMAT_UNKNOWN', `There is no table ${options.table as string}; use one of ${TABLE_TYPES.join(', ')}.`);
  }
  const wanted = conditionOf(options);
  const { manifest, sha256 } = await readManifestBytes(dataset);
  const out = resolve(options.out);
  await mkdir(out, { recursive: true }).catch((error: unknown) => rethrowWriteError(error, out));
  const release = await takeWriterLock(out);
  try {
    const summary = await readOrCreate(out, options, sha256);
    if (summary.complete) return summary;
    const state: State = { out, summary, written: rowsBySplit(summary), pending: new Map() };
    let rowsRead = 0;
    const rowsTotal = manifest.totals.rows;
    let leftOut = 0;
    for (const split of new Set(manifest.shards.map((shard) => shard.split))) {
      if (options.splits?.includes(split) === false) continue;
      let skip = state.written.get(split) ?? 0;
      for await (const rows of readPairs(dataset, { splits: [split] })) {
        signal?.throwIfAborted();
        rowsRead += rows.length;
        for (const row of rows) {
          if (!wanted(row)) continue;
          if (!hasRoom(row, format)) leftOut += 1;
          else if (skip > 0) skip -= 1;
          else if (await add(state, split, row))
            onProgress?.({ rowsRead, rowsTotal, rows: summary.rows, files: summary.files.length });
        }
      }
      if (state.pending.has(split)) await commit(state, split);
    }
    Object.assign(summary, { leftOut, complete: true });
    await writeRecord(out, summary);
    onProgress?.({ rowsRead, rowsTotal, rows: summary.rows, files: summary.files.length });
    return summary;
  } finally {
    await release();
  }
}

function conditionOf({ where, format }: ExportOptions): (row: Pair) => boolean {
  if (typeof where === 'string') return parseWhere(where);
  return where ?? (format === 'parquet' ? () => true : ({ outcome }) => outcome === 'ok');
}

function hasRoom({ image, imageUrl }: Pair, format: ExportFormat): boolean {
  return format === 'parquet' || (format === 'list' ? imageUrl !== null : image !== null);
}

interface State {
  out: string;
  summary: ExportSummary;
  /** Rows in finished files, by split. */
  written: Map<string, number>;
  pending: Map<string, { rows: Pair[]; bytes: number }>;
}

function rowsBySplit({ files }: ExportSummary): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { split, rows } of files) counts.set(split, (counts.get(split) ?? 0) + rows);
  return counts;
}

async function readOrCreate(out: string, options: ExportOptions, manifestSha256: string): Promise<ExportSummary> {
  const { format, where, splits, table, maxFileRows = DEFAULT_MAX_FILE_ROWS, maxFileBytes = DEFAULT_MAX_FILE_BYTES } = options;
  const fresh: ExportSummary = {
    format,
    manifestSha256,
    options: {
      where: typeof where === 'function' ? 'a function' : (where ?? null),
      splits: splits === undefined ? null : [...splits],
      table: format === 'list' ? (table ?? 'csv') : null,
      maxFileRows,
      maxFileBytes,
    },
    files: [],
    rows: 0,
    leftOut: 0,
    complete: false,
  };
  const text = await readFile(join(out, RECORD_FILE), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  await removeLeftovers(out);
  if (text === null) {
    const others = (await readdir(out)).filter((name) => name !== 'writer.lock');
    if (others.length > 0) {
      throw new UserError(
        'EXPORT_DIFFERS',
        `${out} isn't empty and holds no ${RECORD_FILE} of an export; choose another folder.`,
      );
    }
    await writeRecord(out, fresh);
    return fresh;
  }
  const begun = JSON.parse(text) as ExportSummary;
  const keys = ({ format: name, manifestSha256: hash, options: rest }: ExportSummary): unknown => ({
    format: name,
    dataset: hash,
    ...rest,
  });
  const difference = firstDifference(keys(begun), keys(fresh));
  if (difference !== null) {
    const { key, before, after } = difference;
    throw new UserError(
      'EXPORT_DIFFERS',
      `${out} was begun as another export: ${key} was ${JSON.stringify(before)} and is now ${JSON.stringify(after)}; choose another folder, or delete ${out} to start over.`,
    );
  }
  for (const { file } of begun.files) {
    if ((await stat(join(out, file)).catch(() => null)) === null) {
      throw new UserError(
        'EXPORT_DIFFERS',
        `The finished file ${join(out, file)} is gone; restore it, or delete ${out} to start over.`,
      );
    }
  }
  return begun;
}

async function removeLeftovers(out: string): Promise<void> {
  for (const name of await readdir(out)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(out, name), { recursive: true });
  }
}

const writeRecord = (out: string, summary: ExportSummary): Promise<void> =>
  writeAtomically(join(out, RECORD_FILE), (handle) => handle.writeFile(`${canonicalJson(summary)}\n`));

/** @returns whether a file was finished */
async function add(state: State, split: string, row: Pair): Promise<boolean> {
  const pending = state.pending.get(split) ?? { rows: [], bytes: 0 };
  state.pending.set(split, pending);
  pending.rows.push(row);
  pending.bytes += payloadBytes(row);
  const { maxFileRows, maxFileBytes } = state.summary.options;
  if (pending.rows.length < maxFileRows && pending.bytes < maxFileBytes) return false;
  await commit(state, split);
  return true;
}

async function commit(state: State, split: string): Promise<void> {
  const { out, summary, written } = state;
  const { rows } = state.pending.get(split)!;
  state.pending.delete(split);
  const number = summary.files.filter((file) => file.split === split).length;
  const stem = `${split}-${String(number).padStart(5, '0')}`;
  const firstRow = written.get(split) ?? 0;
  const { file, ...facts } =
    summary.format === 'folder'
      ? { file: stem, ...(await writeWholeFolder(join(out, stem), rows, split, firstRow)) }
      : await writeFile(out, stem, rows, split, firstRow, summary);
  summary.files.push({ file, split, rows: rows.length, ...facts });
  summary.rows += rows.length;
  written.set(split, firstRow + rows.length);
  await writeRecord(out, summary);
}

async function writeFile(
  out: string,
  stem: string,
  rows: readonly Pair[],
  split: string,
  firstRow: number,
  { format, options: { table } }: ExportSummary,
): Promise<{ file: string; bytes: number; sha256: string }> {
  const file = `${stem}.${format === 'webdataset' ? 'tar' : format === 'list' ? table! : 'parquet'}`;
  const write = (handle: FileHandle): Promise<void> => {
    if (format === 'webdataset') return writeWebdataset(handle, rows, split, firstRow);
    return format === 'list' ? writeList(handle, rows, table!) : writeParquet(handle, rows);
  };
  await writeAtomically(join(out, file), write);
  return { file, ...(await hashFile(join(out, file))) };
}

async function writeWholeFolder(
  path: string,
  rows: readonly Pair[],
  split: string,
  firstRow: number,
): Promise<{ bytes: number; sha256: string }> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await rm(path, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    const facts = await writeFolder(temporary, rows, split, firstRow);
    await rename(temporary, path);
    return facts;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    rethrowWriteError(error, path);
  }
}

async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const handle = await open(path);
  let bytes = 0;
  for await (const chunk of handle.createReadStream()) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}
