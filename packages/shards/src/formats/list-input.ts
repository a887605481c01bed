import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { UserError } from '../user-error.ts';
import type { InputFile, RowReader } from './foreign-row.ts';
import { IMAGE_EXTENSIONS, splitName } from './members.ts';
import { readArrow } from './read-arrow.ts';
import { readChineseClip } from './read-chinese-clip.ts';
import { readCoco } from './read-coco.ts';
import { readFolderFile } from './read-folder.ts';
import { readJsonLines, readList } from './read-list.ts';
import { readParquet } from './read-parquet.ts';
import { readWebdataset } from './read-webdataset.ts';

export interface Format {
  read: RowReader;
  /** Which files of a folder are of the format. */
  pattern: RegExp;
}

const PICTURE_FILE = new RegExp(`\\.(?:${[...IMAGE_EXTENSIONS].join('|')})$`, 'i');

const FORMATS = {
  parquet: { read: readParquet, pattern: /\.parquet$/i },
  arrow: { read: readArrow, pattern: /\.(?:arrows?|feather|ipc)$/i },
  webdataset: { read: readWebdataset, pattern: /\.(?:tar|tar\.gz|tgz)$/i },
  list: { read: readList, pattern: /\.(?:csv|tsv|tab|jsonl|ndjson)$/i },
  folder: { read: readFolderFile, pattern: PICTURE_FILE },
  'chinese-clip': { read: readChineseClip, pattern: /_imgs\.tsv$/ },
  brivl: { read: readJsonLines, pattern: /\.jsonl$/i },
  coco: { read: readCoco, pattern: /\.json$/i },
} satisfies Record<string, Format>;

/** One of {@link IMPORT_FORMATS}. */
export type ImportFormat = keyof typeof FORMATS;
/** Formats that can be imported. */
export const IMPORT_FORMATS: readonly ImportFormat[] = Object.keys(FORMATS) as ImportFormat[];

/** In which order formats are looked for in a folder: img2dataset lays tables beside its tars and pictures. */
const GUESSES: readonly ImportFormat[] = ['webdataset', 'folder', 'chinese-clip', 'parquet', 'arrow', 'list', 'coco'];

export interface Input {
  format: ImportFormat;
  /** In the order in which they are read. */
  files: InputFile[];
  read: RowReader;
  bytes: number;
}

/**
 * Finds the files of an input, sorted by name, and their format where none is given.
 * @throws UserError INPUT_MISSING, FORMAT_UNKNOWN
 */
export async function listInput(input: string, format: ImportFormat | undefined): Promise<Input> {
  if (format !== undefined && !IMPORT_FORMATS.includes(format)) {
    throw new UserError('FORMAT_UNKNOWN', `There is no format ${format as string}; use one of ${IMPORT_FORMATS.join(', ')}.`);
  }
  const stats = await stat(input).catch(() => null);
  if (stats === null) throw new UserError('INPUT_MISSING', `There is nothing at ${input} to import; check the path.`);
  const all = stats.isDirectory() ? await walk(input, '') : [{ path: input, name: basename(input), bytes: stats.size }];
  const matching = (name: ImportFormat): InputFile[] => all.filter((file) => FORMATS[name].pattern.test(file.name));
  const chosen = format ?? GUESSES.find((name) => matching(name).length > 0);
  if (chosen === undefined) {
    throw new UserError(
      'FORMAT_UNKNOWN',
      `${input} holds no file of a known name; say its format: ${IMPORT_FORMATS.join(', ')}.`,
    );
  }
  const files = stats.isDirectory() ? all.filter(isOfFormat(chosen, all)) : all;
  if (files.length === 0) {
    throw new UserError(
      'INPUT_MISSING',
      `${input} holds no file of the format ${chosen}; check the path, or give another format.`,
    );
  }
  return { format: chosen, files, read: FORMATS[chosen].read, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Beside a folder of pictures, img2dataset lays a table of the same name, which knows of those that it couldn't get. */
function isOfFormat(format: ImportFormat, all: readonly InputFile[]): (file: InputFile) => boolean {
  const { pattern } = FORMATS[format];
  if (format !== 'folder') return ({ name }) => pattern.test(name);
  const folders = new Set(all.filter(({ name }) => pattern.test(name)).map(({ name }) => posix.dirname(name)));
  return ({ name }) => pattern.test(name) || (name.endsWith('.parquet') && folders.has(name.slice(0, -'.parquet'.length)));
}

async function walk(root: string, under: string): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const entries = await readdir(join(root, under), { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const name = under === '' ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await walk(root, name)));
    else if (splitName(entry.name).extension !== '') {
      const stats = await stat(join(root, name)).catch(() => null);
      if (stats?.isFile() === true) files.push({ path: join(root, name), name, bytes: stats.size });
    }
  }
  return files;
}

const EDGE_BYTES = 64 * 2 ** 10;
/** Of more files than this, only names and sizes are looked at. */
const MAX_OPENED = 1000;

/** A hash by which a changed input is noticed before it is mixed with what was read: names, sizes, first and last 64 KB. */
export async function fingerprint(files: readonly InputFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const [index, { path, name, bytes }] of files.entries()) {
    hash.update(`${name}\n${bytes}\n`);
    if (index >= MAX_OPENED) continue;
    const handle = await open(path);
    try {
      for (const start of bytes > EDGE_BYTES ? [0, bytes - EDGE_BYTES] : [0]) {
        const edge = Buffer.alloc(Math.min(EDGE_BYTES, bytes));
        await handle.read(edge, 0, edge.byteLength, start);
        hash.update(edge);
      }
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex');
}
