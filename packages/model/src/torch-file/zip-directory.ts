import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../read-fully.ts';

/** A file of a zip archive. */
export interface ZipEntry {
  name: string;
  /** 0: stored as it is. */
  method: number;
  /** As it lies in the archive. */
  bytes: number;
  /** Of its local header. */
  headerAt: number;
}

/** Bytes that are no zip archive; the message says what is wrong, without naming the file. */
export class ZipError extends Error {}

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const ZIP64_EXTRA = 0x0001;
const IN_ZIP64 = 0xffffffff;
const MAX_DIRECTORY_BYTES = 100_000_000;

/**
 * The directory of a zip archive, large ones (ZIP64) included (PKWARE's APPNOTE 6.3).
 * @throws ZipError
 */
export async function readZipDirectory(handle: FileHandle, size: number): Promise<Map<string, ZipEntry>> {
  const { at, bytes } = await findDirectory(handle, size);
  if (bytes > MAX_DIRECTORY_BYTES || at + bytes > size) throw new ZipError('its zip directory lies outside of the file');
  const directory = await readFully(handle, at, bytes);
  const entries = new Map<string, ZipEntry>();
  for (let position = 0; position < bytes;) {
    if (position + CENTRAL_HEADER_BYTES > bytes || directory.readUInt32LE(position) !== CENTRAL_HEADER) {
      throw new ZipError('its zip directory is damaged');
    }
    const header = directory.subarray(position);
    const nameEnd = CENTRAL_HEADER_BYTES + header.readUInt16LE(28);
    const extraEnd = nameEnd + header.readUInt16LE(30);
    const name = header.toString('utf8', CENTRAL_HEADER_BYTES, nameEnd);
    const [, stored, headerAt] = widen(
      [header.readUInt32LE(24), header.readUInt32LE(20), header.readUInt32LE(42)],
      header.subarray(nameEnd, extraEnd),
    );
    entries.set(name, { name, method: header.readUInt16LE(10), bytes: stored!, headerAt: headerAt! });
    position += extraEnd + header.readUInt16LE(32);
  }
  return entries;
}

/**
 * Where the bytes of an entry lie.
 * @throws ZipError
 */
export async function locateZipEntry(handle: FileHandle, size: number, entry: ZipEntry): Promise<number> {
  const { name, headerAt, bytes } = entry;
  if (headerAt + LOCAL_HEADER_BYTES > size) throw new ZipError(`its ${name} lies outside of the file`);
  const header = await readFully(handle, headerAt, LOCAL_HEADER_BYTES);
  if (header.readUInt32LE() !== LOCAL_HEADER) throw new ZipError(`its ${name} isn't where the zip directory says`);
  const start = headerAt + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + bytes > size) throw new ZipError(`its ${name} lies outside of the file`);
  return start;
}

async function findDirectory(handle: FileHandle, size: number): Promise<{ at: number; bytes: number }> {
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES + END64_LOCATOR_BYTES);
  const tail = await readFully(handle, size - tailBytes, tailBytes);
  let end = tailBytes - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new ZipError('its zip directory is missing, as in a download cut short');
  const locator = end - END64_LOCATOR_BYTES;
  if (locator >= 0 && tail.readUInt32LE(locator) === END64_LOCATOR) {
    const at = Number(tail.readBigUInt64LE(locator + 8));
    if (at + END64_BYTES > size) throw new ZipError('its zip directory lies outside of the file');
    const record = await readFully(handle, at, END64_BYTES);
    if (record.readUInt32LE() !== END64) throw new ZipError('its zip directory is damaged');
    return { bytes: Number(record.readBigUInt64LE(40)), at: Number(record.readBigUInt64LE(48)) };
  }
  return { bytes: tail.readUInt32LE(end + 12), at: tail.readUInt32LE(end + 16) };
}

/** Fields of 32 bits that are full stand in the ZIP64 extra field with 64, in their order. */
function widen(fields: readonly number[], extra: Buffer): number[] {
  const wide: number[] = [];
  for (let position = 0; position + 4 <= extra.length; position += 4 + extra.readUInt16LE(position + 2)) {
    if (extra.readUInt16LE(position) !== ZIP64_EXTRA) continue;
    const body = extra.subarray(position + 4, position + 4 + extra.readUInt16LE(position + 2));
    for (let at = 0; at + 8 <= body.length; at += 8) wide.push(Number(body.readBigUInt64LE(at)));
  }
  return fields.map((field) => (field === IN_ZIP64 ? (wide.shift() ?? field) : field));
}
