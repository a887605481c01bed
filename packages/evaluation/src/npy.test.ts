import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fixture from './classification/fixtures/numpy.json' with { type: 'json' };
import { readNpy, writeNpy } from './npy.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'npy-'));
  file = join(directory, 'a.npy');
});
afterEach(() => rm(directory, { recursive: true }));

const small = { values: Float32Array.of(-0.5, -0.25, 0, 0.25, 0.5, 0.75), rows: 2, dim: 3 };
const bytesOf = (name: keyof typeof fixture.npy): Buffer => Buffer.from(fixture.npy[name], 'base64');

describe(readNpy, () => {
  it.each(['<f4', '<f8', 'version 2', 'version 3'] as const)('reads %s as NumPy wrote it', async (name) => {
    await writeFile(file, bytesOf(name));
    expect(await readNpy(file)).toEqual(small);
  });

  it('reads halves, the largest and the smallest among them', async () => {
    await writeFile(file, bytesOf('<f2'));
    const { values } = await readNpy(file);
    expect(Array.from(values)).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14, 0.333251953125]);
  });

  it('reads a single row', async () => {
    await writeFile(file, bytesOf('one row'));
    expect(await readNpy(file)).toEqual({ values: Float32Array.of(-0.5, -0.25, 0), rows: 1, dim: 3 });
  });

  it.each<[keyof typeof fixture.npy, string]>([
    ['vector', 'has shape (3,)'],
    ['three axes', 'has shape (1, 2, 3)'],
    ['fortran', 'is in Fortran order'],
    ['big-endian', 'holds numbers of type >f4'],
    ['integers', 'holds numbers of type <i8'],
  ])('refuses NumPy’s %s', async (name, what) => {
    await writeFile(file, bytesOf(name));
    const message = `${file} ${what}; save it with numpy.save as a C-ordered two-dimensional float32 array.`;
    await expect(readNpy(file)).rejects.toMatchObject({ code: 'NPY_FORMAT', exitStatus: 2, message });
  });

  it('refuses what is no .npy file, an unknown version and a header without a shape', async () => {
    const other = bytesOf('<f4');
    other[6] = 9;
    const blank = bytesOf('<f4');
    blank.fill(' ', 10, 127);
    for (const [bytes, what] of [
      [Buffer.from(''), 'is not a .npy file'],
      [Buffer.from('{"id": "句子", "other": []}'), 'is not a .npy file'],
      [other, 'has format version 9'],
      [blank, 'has a header without a type and a shape'],
    ] as const) {
      await writeFile(file, bytes);
      await expect(readNpy(file)).rejects.toMatchObject({
        code: 'NPY_FORMAT',
        message: expect.stringContaining(`${file} ${what}`),
      });
    }
  });

  it('refuses a file that was cut off, or has bytes too many, with both numbers', async () => {
    await writeFile(file, bytesOf('<f4').subarray(0, -1));
    await expect(readNpy(file)).rejects.toMatchObject({
      code: 'NPY_FORMAT',
      message: `${file} has 23 bytes of data, but 2 rows × dim 3 are 24; copy or write it again.`,
    });
    await writeFile(file, Buffer.concat([bytesOf('<f4'), Buffer.alloc(4)]));
    await expect(readNpy(file)).rejects.toThrow('has 28 bytes of data');
  });

  it('names a file that is not there', async () => {
    await expect(readNpy(file)).rejects.toMatchObject({
      code: 'NPY_MISSING',
      message: `${file} cannot be read (ENOENT); name a .npy file that exists.`,
    });
    await expect(readNpy(directory)).rejects.toThrow(`${directory} is not a file; save it`);
  });
});

describe(writeNpy, () => {
  it('writes what readNpy reads, also from the middle of a buffer, and leaves nothing else', async () => {
    const values = new Float32Array([9, ...small.values, 9]).subarray(1, 7);
    await writeNpy(file, { ...small, values });
    expect(await readNpy(file)).toEqual(small);
    expect(await readdir(directory)).toEqual(['a.npy']);
  });

  it('has the header that NumPy writes, but for its padding, and data aligned to 64 bytes', async () => {
    await writeNpy(file, small);
    const ours = await readFile(file);
    const start = 10 + ours.readUInt16LE(8);
    expect(start % 64).toBe(0);
    const header = (bytes: Buffer): string => bytes.toString('latin1', 10, 10 + bytes.readUInt16LE(8)).trim();
    expect(header(ours)).toBe(header(bytesOf('<f4')));
    expect(ours.subarray(0, 8)).toEqual(bytesOf('<f4').subarray(0, 8));
    expect(ours.subarray(start)).toEqual(bytesOf('<f4').subarray(-24));
  });

  it('leaves no half file where it cannot write', async () => {
    await expect(writeNpy(join(directory, 'no', 'a.npy'), small)).rejects.toThrow('ENOENT');
    expect(await readdir(directory)).toEqual([]);
  });
});
