import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '@wenlan/shards';
import { ELEMENT_TYPES, type ElementType, type TensorData } from './element-types.ts';
import { readFully } from './read-fully.ts';
import { bytesOf, countOf, type NamedTensor, type TensorFile, type TensorSource, toSource } from './tensor-file.ts';

interface TensorEntry {
  dtype: ElementType;
  shape: number[];
  data_offsets: [number, number];
}

/** As the reference implementation: a longer header is taken for a damaged file. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Writes a safetensors file (https://huggingface.co/docs/safetensors: length of the header, JSON header, contiguous tensors) and
 * syncs it to the disk. Tensors lie in the given order and are written one by one.
 * @returns the sha256 of the file, hexadecimal, and its length
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly (NamedTensor | TensorSource)[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ sha256: string; bytes: number }> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const sources = tensors.map(toSource);
  let end = 0;
  for (const { name, shape, dtype } of sources) {
    const bytes = countOf(shape) * ELEMENT_TYPES[dtype].bytes;
    header[name] = { dtype, shape, data_offsets: [end, (end += bytes)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));

  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  const write = async (part: Buffer): Promise<void> => {
    hash.update(part);
    await handle.writeFile(part);
  };
  try {
    await write(length);
    await write(padded);
    for (const { load } of sources) await write(bytesOf(await load()));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes: 8 + padded.length + end };
}

/** An open safetensors file: its header is in memory, its tensors are read when asked for. */
export class SafetensorsReader implements TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, Readonly<TensorEntry>>;
  private readonly file: string;
  private readonly handle: FileHandle;
  private readonly dataStart: number;

  private constructor(
    file: string,
    handle: FileHandle,
    header: Record<string, TensorEntry | Record<string, string>>,
    dataStart: number,
  ) {
    const { __metadata__: metadata = {}, ...entries } = header;
    this.metadata = metadata as Record<string, string>;
    this.entries = new Map(Object.entries(entries as Record<string, TensorEntry>));
    this.file = file;
    this.handle = handle;
    this.dataStart = dataStart;
  }

  /** @throws UserError if the file is missing, cut short, or its header isn't one of a safetensors file */
  static async open(file: string): Promise<SafetensorsReader> {
    const handle = await open(file, 'r').catch((cause: unknown) => {
      throw new UserError('SAFETENSORS_MISSING', `${file} can't be opened; name an existing safetensors file.`, { cause });
    });
    try {
      const { size } = await handle.stat();
      const headerBytes = size < 8 ? -1 : Number((await readFully(handle, 0, 8)).readBigUInt64LE());
      if (headerBytes < 2 || headerBytes > Math.min(size - 8, MAX_HEADER_BYTES)) throw damaged(file, 'its header is cut short');
      const header = parseHeader(file, (await readFully(handle, 8, headerBytes)).toString(), size - 8 - headerBytes);
      return new SafetensorsReader(file, handle, header, 8 + headerBytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @throws UserError naming the tensor if the file has none of that name */
  async read(name: string): Promise<TensorData> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw damaged(this.file, `it holds no tensor "${name}"`);
    const [begin, end] = entry.data_offsets;
    const bytes = await readFully(this.handle, this.dataStart + begin, end - begin);
    return ELEMENT_TYPES[entry.dtype].decode(bytes.buffer);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

function parseHeader(file: string, json: string, dataBytes: number): Record<string, TensorEntry | Record<string, string>> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    throw damaged(file, 'its header is no JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw damaged(file, 'its header is no object');
  const known = Object.keys(ELEMENT_TYPES);
  for (const [name, entry] of Object.entries(header as Record<string, Partial<TensorEntry> | null>)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = entry ?? {};
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) throw damaged(file, `"${name}" is described wrongly`);
    if (dtype === undefined || !known.includes(dtype)) {
      throw damaged(file, `"${name}" is of type ${dtype}, only ${known.join(', ')} are read`);
    }
    const [begin, end] = offsets;
    if (end > dataBytes || end - begin !== countOf(shape) * ELEMENT_TYPES[dtype].bytes) {
      throw damaged(file, `"${name}" lies outside of the file`);
    }
  }
  return header as Record<string, TensorEntry | Record<string, string>>;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function damaged(file: string, what: string, cause?: unknown): UserError {
  return new UserError('SAFETENSORS_DAMAGED', `${file} isn't usable: ${what}; use an undamaged copy.`, { cause });
}
