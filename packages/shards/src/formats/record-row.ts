import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome, Pair, PairText, TextKind } from '../pair.ts';
import { img2datasetOutcome } from './img2dataset-outcome.ts';
import { ImageRefused, MAX_IMAGE_BYTES, wellFormed } from './foreign-row.ts';
import type { ColumnNames, ForeignRow, ReadContext } from './foreign-row.ts';
import { isOwnRecord, pairOfRecord } from './own-record.ts';

type RawRecord = Readonly<Record<string, unknown>>;

/** How the programs of the field call their columns, in lower case without `_`, `-` and spaces; the first that is there counts. */
const BYTES_COLUMNS = ['image', 'jpg', 'jpeg', 'png', 'webp', 'img', 'imagebytes', 'bytes', 'picture', '图片'];
const URL_COLUMNS = ['imageurl', 'url', 'imgurl', 'imagelink', 'originalurl', 'cocourl', '图片地址', '图片链接'];
const PATH_COLUMNS = ['path', 'imagepath', 'imgpath', 'file', 'filename', 'filepath', 'imageid'];
const PAGE_COLUMNS = ['pageurl', 'page', 'referer', 'website', '网页', '来源网址'];
const BOX_COLUMNS = ['bbox', 'boxes'];
const TEXT_COLUMNS: Readonly<Record<string, TextKind>> = {
  caption: 'caption',
  captions: 'caption',
  rawcaption: 'caption',
  text: 'caption',
  texts: 'caption',
  txt: 'caption',
  sentence: 'caption',
  sentences: 'caption',
  description: 'caption',
  title: 'title',
  alt: 'alt',
  alttext: 'alt',
  query: 'query',
  tag: 'tag',
  tags: 'tag',
  文本: 'caption',
  描述: 'caption',
  标题: 'title',
};
const KNOWN = new Set([...BYTES_COLUMNS, ...URL_COLUMNS, ...PATH_COLUMNS, ...PAGE_COLUMNS, ...Object.keys(TEXT_COLUMNS)]);

const PLAIN = new Map<string, string>();
/** Beyond this, names are no columns: objects of JSON may call their keys anything. */
const MAX_PLAIN = 10_000;

/** The columns of a table are the same in every row. */
function plain(name: string): string {
  const known = PLAIN.get(name);
  if (known !== undefined) return known;
  const made = name.toLowerCase().replaceAll(/[_\s-]/g, '');
  if (PLAIN.size < MAX_PLAIN) PLAIN.set(name, made);
  return made;
}

/** Whether a table's column of this name says what it holds. */
export const isKnownColumn = (name: string, columns: ColumnNames): boolean =>
  KNOWN.has(plain(name)) || Object.values(columns).includes(name);

/** A record of a table, of JSON or of Parquet, as a row. `bytes` are those of a picture that lies beside the record. */
export function rowOfRecord(
  record: RawRecord,
  at: { where: string; place: string; bytes?: (() => Promise<Uint8Array>) | undefined },
  context: ReadContext,
): ForeignRow {
  const byName = new Map<string, unknown>();
  for (const [name, value] of Object.entries(record)) if (!byName.has(plain(name))) byName.set(plain(name), value);
  const first = (names: readonly string[]): unknown => {
    for (const name of names) {
      const value = byName.get(name);
      if (value !== null && value !== undefined && value !== '') return value;
    }
    return undefined;
  };
  const picture = pictureOf(
    context.columns.image === undefined ? first(BYTES_COLUMNS) : record[context.columns.image],
    first(URL_COLUMNS),
    first(PATH_COLUMNS),
    context,
  );
  const image = at.bytes ?? picture.image;
  if (isOwnRecord(record)) return ownRow(record, at, image);
  const page = textOf(context.columns.page === undefined ? first(PAGE_COLUMNS) : record[context.columns.page]);
  const fields: Partial<Pair> = {
    imageUrl: picture.url,
    pageUrl: page,
    texts: textsOf(record, context.columns.text),
    boxes: boxesOf(first(BOX_COLUMNS)),
  };
  const failed = img2datasetOutcome(record);
  return {
    where: at.where,
    place: at.place,
    fields,
    reference: picture.url,
    image: failed === null ? image : null,
    outcome: failed ?? (image === null ? picture.outcome : null),
    problem: null,
  };
}

function ownRow(record: RawRecord, at: { where: string; place: string }, image: ForeignRow['image']): ForeignRow {
  const base = { where: at.where, place: at.place, reference: null };
  try {
    const fields = pairOfRecord(record);
    const isBare = fields.outcome === 'ok' && image === null;
    return {
      ...base,
      fields,
      image,
      outcome: isBare ? 'filtered:no-image' : fields.outcome === 'ok' ? null : fields.outcome,
      problem: isBare ? 'its picture is missing' : null,
    };
  } catch (error) {
    return { ...base, fields: {}, image: null, outcome: 'filtered:bad-row', problem: (error as Error).message };
  }
}

interface Picture {
  url: string | null;
  image: (() => Promise<Uint8Array>) | null;
  /** Where there are no bytes to judge. */
  outcome: Outcome;
}

function pictureOf(value: unknown, url: unknown, path: unknown, context: ReadContext): Picture {
  const known = textOf(url);
  if (value instanceof Uint8Array) return { url: known, image: () => Promise.resolve(value), outcome: 'ok' };
  if (typeof value === 'object' && value !== null && ('bytes' in value || 'path' in value)) {
    const { bytes, path: inner } = value as { bytes?: unknown; path?: unknown };
    return pictureOf(bytes instanceof Uint8Array ? bytes : inner, known ?? inner, path, context);
  }
  const reference = typeof value === 'string' ? value : (textOf(path) ?? known);
  if (reference === null || reference === '') return { url: known, image: null, outcome: 'filtered:no-image' };
  if (/^https?:/i.test(reference)) return { url: known ?? reference, image: null, outcome: 'filtered:not-fetched' };
  if (reference.startsWith('data:')) return { url: known, image: async () => dataUriBytes(reference), outcome: 'ok' };
  // A number that stands where a path might is an id of another table, as `image_id` often is.
  if (typeof value !== 'string' && /^\d+$/.test(reference) && known !== null) return pictureOf(known, known, null, context);
  return { url: known ?? reference, image: () => readImageFile(reference, context.imageRoot), outcome: 'ok' };
}

/** @throws ImageRefused */
function dataUriBytes(uri: string): Uint8Array {
  const comma = uri.indexOf(',');
  if (/;base64$/i.test(uri.slice(0, comma))) return Buffer.from(uri.slice(comma + 1), 'base64');
  try {
    return Buffer.from(decodeURIComponent(uri.slice(comma + 1)));
  } catch {
    throw new ImageRefused('decode', 'its data: URL is malformed');
  }
}

/**
 * Reads a picture's file whole.
 * @throws ImageRefused with the outcome of its row where it isn't there or is too big
 */
export async function readImageFile(reference: string, root: string): Promise<Uint8Array> {
  let path: string;
  try {
    path = reference.startsWith('file:') ? fileURLToPath(reference) : resolve(root, reference);
  } catch {
    throw new ImageRefused('filtered:file-missing', `${reference} names no file of this machine`);
  }
  const stats = await stat(path).catch(() => null);
  if (stats === null || !stats.isFile()) throw new ImageRefused('filtered:file-missing', `there is no file ${path}`);
  if (stats.size > MAX_IMAGE_BYTES) throw new ImageRefused('too-big', `${path} has ${stats.size} bytes`);
  return readFile(path).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    // One file that may not be read says nothing about the next; anything else, as a failing disk, does.
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT') throw new ImageRefused('filtered:file-missing', message);
    throw error;
  });
}

/** Boxes of x1 y1 x2 y2, as BriVL has them; those of another form are left out. */
function boxesOf(value: unknown): Pair['boxes'] {
  if (!Array.isArray(value)) return null;
  const isBox = (box: unknown): boolean =>
    Array.isArray(box) && box.length === 4 && box.every((side) => typeof side === 'number' && Number.isFinite(side));
  return value.every(isBox) ? (value as NonNullable<Pair['boxes']>) : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return wellFormed(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

function textsOf(record: RawRecord, column: string | undefined): PairText[] {
  const texts: PairText[] = [];
  const add = (kind: TextKind, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) add(kind, item);
      return;
    }
    if (typeof value === 'object' && value !== null && 'text' in value) {
      const named = 'kind' in value ? TEXT_COLUMNS[plain(String(value.kind))] : undefined;
      add(named ?? kind, value.text);
      return;
    }
    const text = textOf(value)?.trim() ?? '';
    if (text !== '' && !texts.some((known) => known.kind === kind && known.text === text)) texts.push({ kind, text });
  };
  for (const [name, value] of Object.entries(record)) {
    const kind = column === undefined ? TEXT_COLUMNS[plain(name)] : name === column ? 'caption' : undefined;
    if (kind !== undefined) add(kind, value);
  }
  return texts;
}
