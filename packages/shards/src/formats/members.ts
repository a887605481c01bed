import type { Pair } from '../pair.ts';
import { ownRecord } from './own-record.ts';

/** File name extension of each type of picture. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tif',
  'image/svg+xml': 'svg',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/bmp': 'bmp',
  'image/jxl': 'jxl',
  'image/x-icon': 'ico',
};

export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([...Object.values(EXTENSIONS), 'jpeg', 'tiff', 'heif', 'img']);

export interface Member {
  name: string;
  bytes: Uint8Array;
}

/** The files that a row becomes in a tar or a folder, sorted by name: picture, first text, and the whole row as JSON. */
export function membersOf(row: Pair, key: string): Member[] {
  const extension = (row.mime === null ? undefined : EXTENSIONS[row.mime]) ?? 'img';
  return [
    { name: `${key}.${extension}`, bytes: row.image! },
    { name: `${key}.json`, bytes: Buffer.from(`${JSON.stringify(ownRecord(row))}\n`) },
    { name: `${key}.txt`, bytes: Buffer.from(row.texts[0]?.text ?? '') },
  ].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Keys are sorted as the rows are, and no two rows of an export share one. */
export const memberKey = (split: string, row: number): string => `${split}-${String(row).padStart(9, '0')}`;

/** What the files of one sample share, as WebDataset has it: all up to the first dot of the name. */
export function splitName(name: string): { key: string; extension: string } {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  return dot < 0 ? { key: name, extension: '' } : { key: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() };
}
