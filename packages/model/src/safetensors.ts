import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '@wenlan/shards';

/** The element types that are read and written here, out of those of the format. */
const ELEMENT_TYPES = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
type ElementType = keyof typeof ELEMENT_TYPES;
export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: TensorData;
}

interface TensorEntry {
  dtype: string;
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
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ sha256: string; bytes: number }> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    const count = shape.reduce((product, side) => product * side, 1);
    if (count !== data.length) throw new Error(`safetensors: ${name} has shape [${shape.join(', ')}] but ${data.length} values`);
    header[name] = { dtype: elementTypeOf(data), shape, data_offsets: [end, (end += data.byteLength)] } satisfies Omit<
      TensorEntry,
      'shape'
    > & {
      shape: readonly number[];
    };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));

  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  try {
    for (const part of [
      length,
      padded,
      ...tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
    ]) {
      hash.update(part);
      await handle.writeFile(part);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes: 8 + padded.length + end };
}

/** An open safetensors file: its header is in memory, its tensors are read when asked for. */
export class SafetensorsReader {
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

  /** @throws UserError naming the tensor if the file has none of that name, or its element type isn't read here */
  async read(name: string): Promise<TensorData> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw damaged(this.file, `it holds no tensor "${name}"`);
    const [begin, end] = entry.data_offsets;
    const bytes = await readFully(this.handle, this.dataStart + begin, end - begin);
    const copy = new Uint8Array(bytes).buffer; // aligned, whatever the offset in the file
    return new ELEMENT_TYPES[entry.dtype as ElementType](copy);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

function parseHeader(file: string, json: string, dataBytes: number): Record<string, TensorEntry | Record<string, string>> {
  let header: Record<string, TensorEntry>;
  try {
    header = JSON.parse(json) as Record<string, TensorEntry>;
  } catch (cause) {
    throw damaged(file, 'its header is no JSON', cause);
  }
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const elementType = ELEMENT_TYPES[entry.dtype as ElementType] as (typeof ELEMENT_TYPES)[ElementType] | undefined;
    if (elementType === undefined) throw damaged(file, `"${name}" is of type ${entry.dtype}, only F32, I32 and U8 are read`);
    const [begin, end] = entry.data_offsets;
    const bytes = entry.shape.reduce((product, side) => product * side, elementType.BYTES_PER_ELEMENT);
    if (!(begin >= 0 && end <= dataBytes && end - begin === bytes)) throw damaged(file, `"${name}" lies outside of the file`);
  }
  return header;
}

async function readFully(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new Error(`unexpected end of file at byte ${position + done}`);
    done += bytesRead;
  }
  return buffer;
}

function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function damaged(file: string, what: string, cause?: unknown): UserError {
  return new UserError('SAFETENSORS_DAMAGED', `${file} isn't usable: ${what}; use an undamaged copy.`, { cause });
}
