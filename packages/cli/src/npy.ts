import { open, readFile, rename } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

const MAGIC = '\x93NUMPY';

/** A matrix of 32-bit floats in row-major order. */
export interface Matrix {
  values: Float32Array;
  rows: number;
  dim: number;
}

/** Writes NumPy's format version 1.0 (numpy.lib.format), by rename so that a reader never sees half a file. */
export async function writeNpy(file: string, matrix: Matrix): Promise<void> {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${matrix.rows}, ${matrix.dim}), }`;
  const headerBytes = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const prefix = Buffer.alloc(10);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt8(1, 6);
  prefix.writeUInt16LE(headerBytes, 8);
  const handle = await open(`${file}.tmp`, 'w');
  try {
    await handle.writeFile(Buffer.concat([prefix, Buffer.from(`${dictionary.padEnd(headerBytes - 1)}\n`, 'latin1')]));
    await handle.writeFile(new Uint8Array(matrix.values.buffer, matrix.values.byteOffset, matrix.values.byteLength));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
}

/**
 * Reads what {@link writeNpy} or NumPy wrote.
 * @throws UsageError when the file is not a two-dimensional little-endian float32 array in C order
 */
export async function readNpy(file: string): Promise<Matrix> {
  const bytes = await readFile(file);
  const refuse = (what: string): never => {
    throw new UsageError('NPY_FORMAT', `${file} ${what}; save it as a two-dimensional float32 array with numpy.save.`);
  };
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== MAGIC) refuse('is not a .npy file');
  const dataStart = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, dataStart);
  const shape = /'shape': \((\d+), (\d+),?\)/.exec(header);
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False") || shape === null) refuse('holds another type or shape');
  const [rows, dim] = [Number(shape?.[1]), Number(shape?.[2])];
  if (bytes.length - dataStart !== rows * dim * 4) refuse(`has ${bytes.length - dataStart} bytes of data where ${rows * dim * 4} were announced`);
  const values = new Float32Array(rows * dim);
  new Uint8Array(values.buffer).set(bytes.subarray(dataStart));
  return { values, rows, dim };
}
