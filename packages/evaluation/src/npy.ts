import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { UserError } from './user-error.ts';
import type { Vectors } from './vectors.ts';

// numpy.lib.format: the magic string, two bytes of version, the length of the header in 2 bytes (version 1) or 4, the header, the data.
const MAGIC = '\u0093NUMPY';
const PREFIX_BYTES = 10;
const HEADER_ALIGNMENT = 64;
const MAX_HEADER_BYTES = 1 << 16;
const CHUNK_VALUES = 1 << 20;
/** Reads of 2 GB and more are refused by the system. */
const MAX_READ_BYTES = 1 << 28;

/**
 * Reads a matrix that `numpy.save` or {@link writeNpy} wrote; float64 is rounded to float32.
 *
 * @throws UserError `NPY_MISSING` if the file cannot be opened, `NPY_FORMAT` if it is not a two-dimensional array of little-endian
 *   float16, float32 or float64 in C order, or is cut off
 */
export async function readNpy(file: string): Promise<Vectors> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError('NPY_MISSING', `${file} cannot be read (${error.code}); name a .npy file that exists.`, { cause: error });
  });
  try {
    if (!(await handle.stat()).isFile()) refuse(file, 'is not a file');
    const { bytesPerValue, rows, dim, dataStart } = await readHeader(file, handle);
    const { size } = await handle.stat();
    const expected = rows * dim * bytesPerValue;
    if (size - dataStart !== expected) {
      throw new UserError(
        'NPY_FORMAT',
        `${file} has ${size - dataStart} bytes of data, but ${rows} rows × dim ${dim} are ${expected}; copy or write it again.`,
      );
    }
    return { values: await readValues(file, handle, dataStart, rows * dim, bytesPerValue), rows, dim };
  } finally {
    await handle.close();
  }
}

/** Writes a matrix as `numpy.save` does (format version 1.0, float32), by rename, so that no reader sees half a file. */
export async function writeNpy(file: string, vectors: Vectors): Promise<void> {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${vectors.rows}, ${vectors.dim}), }`;
  const dataStart = Math.ceil((PREFIX_BYTES + dictionary.length + 1) / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const header = Buffer.alloc(dataStart, ' ');
  header.write(MAGIC, 'latin1');
  header.writeUInt16LE(1, 6); // version 1, minor 0
  header.writeUInt16LE(dataStart - PREFIX_BYTES, 8);
  header.write(dictionary, PREFIX_BYTES, 'latin1');
  header.write('\n', dataStart - 1);
  const temporary = `${file}.tmp`;
  const { buffer, byteOffset, byteLength } = vectors.values;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(header);
      await handle.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

interface Header {
  readonly bytesPerValue: number;
  readonly rows: number;
  readonly dim: number;
  readonly dataStart: number;
}

async function readHeader(file: string, handle: FileHandle): Promise<Header> {
  const bytes = await readBytes(handle, 0, MAX_HEADER_BYTES);
  const version = bytes[6];
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.length < PREFIX_BYTES + 2 || bytes.toString('latin1', 0, 6) !== MAGIC) refuse(file, 'is not a .npy file');
  if (version === undefined || version < 1 || version > 3) refuse(file, `has format version ${version}`);
  const headerStart = 8 + lengthBytes;
  const dataStart = headerStart + bytes.readUIntLE(8, lengthBytes);
  const text = bytes.toString('latin1', headerStart, dataStart);
  const type = /'descr': '([^']*)'/u.exec(text)?.[1];
  const shape = /'shape': \(([^)]*)\)/u.exec(text)?.[1];
  if (type === undefined || shape === undefined) return refuse(file, 'has a header without a type and a shape');
  if (!['<f2', '<f4', '<f8'].includes(type)) refuse(file, `holds numbers of type ${type}`);
  const axes = shape.split(',').flatMap((axis) => (axis.trim() === '' ? [] : [Number(axis)]));
  if (axes.length !== 2) refuse(file, `has shape (${shape})`);
  if (text.includes("'fortran_order': True")) refuse(file, 'is in Fortran order');
  return { bytesPerValue: Number(type.slice(2)), rows: axes[0]!, dim: axes[1]!, dataStart };
}

function refuse(file: string, what: string): never {
  throw new UserError('NPY_FORMAT', `${file} ${what}; save it with numpy.save as a C-ordered two-dimensional float32 array.`);
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await readInto(handle, bytes, position));
}

/** @returns how many bytes there were */
async function readInto(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, Math.min(MAX_READ_BYTES, bytes.length - read), position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read;
}

async function readValues(file: string, handle: FileHandle, start: number, count: number, width: number): Promise<Float32Array> {
  const values = new Float32Array(count);
  if (width === 4 && endianness() === 'LE') {
    const bytes = new Uint8Array(values.buffer);
    if ((await readInto(handle, bytes, start)) < bytes.length) refuse(file, 'became shorter while it was read');
    return values;
  }
  for (let first = 0; first < count; first += CHUNK_VALUES) {
    const size = Math.min(CHUNK_VALUES, count - first);
    const bytes = await readBytes(handle, start + first * width, size * width);
    if (bytes.length < size * width) refuse(file, 'became shorter while it was read');
    for (let i = 0; i < size; i++) {
      if (width === 4) values[first + i] = bytes.readFloatLE(i * 4);
      else if (width === 8) values[first + i] = bytes.readDoubleLE(i * 8);
      else values[first + i] = halfToNumber(bytes.readUInt16LE(i * 2));
    }
  }
  return values;
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
