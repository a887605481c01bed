import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { canonicalJson, firstDifference } from './canonical-json.ts';
import { TABLE_TYPES, writeList } from './formats/write-list.ts';
import type { TableType } from './formats/write-list.ts';
import { writeParquet } from './formats/write-parquet.ts';
import { writeWebdataset } from './formats/write-webdataset.ts';
import { parseWhere } from './formats/where.ts';
import { datasetLocation, joinLocation } from './location.ts';
import { readManifestBytes } from './manifest.ts';
import type { Pair } from './pair.ts';
import { readPairs } from './read-pairs.ts';
import { payloadBytes } from './shard-writer.ts';
import { removeUnfinishedFolders, writeWholeFolder } from './storage/whole-folder.ts';
import { storageOf } from './storage/storage.ts';
import { UserError } from './user-error.ts';

/** Formats that a dataset can be exported to. */
export const EXPORT_FORMATS = ['parquet', 'webdataset', 'list', 'folder'] as const;
/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const RECORD_FILE = 'export.json';
const DEFAULT_MAX_FILE_ROWS = 10_000;
const DEFAULT_MAX_FILE_BYTES = 256 * 2 ** 20;

/** What of a dataset is exported, and how. */
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
  /** Told after each record batch. */
  onProgress?: (progress: ExportProgress) => void;
}

/** Told after each file. */
export interface ExportProgress {
  rowsRead: number;
  rowsTotal: number;
  rows: number;
  files: number;
}

/** A file that an export wrote. */
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
  const out = datasetLocation(options.out);
  const storage = storageOf(out);
  await storage.makeFolder(out);
  const release = await storage.lock(out);
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
  const storage = storageOf(out);
  const text = (await storage.read(joinLocation(out, RECORD_FILE)))?.bytes.toString();
  await storage.removeUnfinished(out);
  await removeUnfinishedFolders(out);
  const names = new Set([...(await storage.list(out)).map(({ name }) => name), ...(await storage.folders(out))]);
  if (text === undefined) {
    const others = [...names].filter((name) => name !== 'writer.lock');
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
    if (!names.has(file)) {
      throw new UserError(
        'EXPORT_DIFFERS',
        `The finished file ${joinLocation(out, file)} is gone; restore it, or delete ${out} to start over.`,
      );
    }
  }
  return begun;
}

async function writeRecord(out: string, summary: ExportSummary): Promise<void> {
  await storageOf(out).put(joinLocation(out, RECORD_FILE), Buffer.from(`${canonicalJson(summary)}\n`), undefined);
}

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
      ? { file: stem, ...(await writeWholeFolder(joinLocation(out, stem), rows, split, firstRow)) }
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
  const write = async (handle: FileHandle): Promise<{ bytes: number; sha256: string }> => {
    if (format === 'webdataset') await writeWebdataset(handle, rows, split, firstRow);
    else if (format === 'list') await writeList(handle, rows, table!);
    else await writeParquet(handle, rows);
    return hashFile(handle);
  };
  const path = joinLocation(out, file);
  return { file, ...(await storageOf(path).write(path, write, 'replace')) };
}

async function hashFile(handle: FileHandle): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}
