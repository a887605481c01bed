import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '@wenlan/shards';
import { ELEMENT_TYPES, type TensorData } from '../element-types.ts';
import { readFully } from '../read-fully.ts';
import { countOf, type TensorFile } from '../tensor-file.ts';
import { PickleCutShort, PickleError, readPickle } from './pickle-machine.ts';
import { type StorageReference, type TensorReference, tensorsByName, TorchPickleHost } from './torch-pickle.ts';
import { locateZipEntry, readZipDirectory, ZipError } from './zip-directory.ts';

/** A pickle longer than this describes no model. */
const MAX_PICKLE_BYTES = 1 << 28;
/** How much of a legacy file is read first; the pickle in front of the tensors is longer only with very many. */
const FIRST_READ_BYTES = 1 << 20;

/** The first pickle of a legacy file. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** An open file, what its pickle describes, and where its storages lie. */
interface Contents {
  tensors: Map<string, TensorReference>;
  locate: (storage: StorageReference) => Promise<number>;
}

/**
 * Opens what PyTorch's `torch.save` wrote (`.pth`, `.pt`, `.bin`): the zip format and the one before PyTorch 1.6. Nothing in it is
 * executed: its pickle may name the functions that rebuild a tensor, and any other name is refused. Tensors in nested dicts and lists
 * are named by their keys joined with dots. Values are read from the disk tensor by tensor, in half precision widened to float32.
 * @throws UserError if the file is missing, damaged, no such file, or asks for more than tensors
 */
export async function readTorchFile(file: string): Promise<TensorFile> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new UserError('TORCH_FILE_MISSING', `${file} can't be opened; name an existing file that torch.save wrote.`, { cause });
  });
  try {
    const { tensors, locate } = await readContents(file, handle);
    if (tensors.size === 0) throw new PickleError('it holds no tensors');
    return new TorchFile(file, handle, tensors, locate);
  } catch (error) {
    await handle.close();
    throw explain(file, error);
  }
}

class TorchFile implements TensorFile {
  readonly entries: TensorFile['entries'];
  private readonly file: string;
  private readonly handle: FileHandle;
  private readonly tensors: ReadonlyMap<string, TensorReference>;
  private readonly locate: Contents['locate'];

  constructor(file: string, handle: FileHandle, tensors: ReadonlyMap<string, TensorReference>, locate: Contents['locate']) {
    this.file = file;
    this.handle = handle;
    this.tensors = tensors;
    this.locate = locate;
    this.entries = new Map([...tensors].map(([name, { shape, storage }]) => [name, { shape, dtype: storage.dtype }]));
  }

  async read(name: string): Promise<TensorData> {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw explain(this.file, new PickleError(`it holds no tensor "${name}"`));
    const { storage, offset, shape, stride, extent } = tensor;
    const { bytes, decode } = ELEMENT_TYPES[storage.dtype];
    const start = await this.locate(storage).catch((error: unknown) => {
      throw explain(this.file, error);
    });
    const range = await readFully(this.handle, start + offset * bytes, extent * bytes);
    return gather(decode(range.buffer), shape, stride);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function readContents(file: string, handle: FileHandle): Promise<Contents> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw new PickleError('it is no file');
  const { size } = stat;
  const start = await readFully(handle, 0, Math.min(size, 4));
  if (start.toString('latin1') === 'PK\x03\x04') return await readZip(file, handle, size);
  if (start[0] === 0x80) return await readLegacy(file, handle, size);
  throw new PickleError('it is no file of torch.save');
}

async function readZip(file: string, handle: FileHandle, size: number): Promise<Contents> {
  const directory = await readZipDirectory(handle, size);
  const record = async (name: string): Promise<{ at: number; bytes: number }> => {
    const entry = directory.get(name);
    if (entry === undefined) throw new ZipError(`it lacks ${name}`);
    if (entry.method !== 0) throw new ZipError(`its ${name} is compressed, which torch.save never does`);
    return { at: await locateZipEntry(handle, size, entry), bytes: entry.bytes };
  };

  const root = [...directory.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name))?.split('/')[0];
  if (root === undefined) throw new PickleError('it is a zip archive, but no file of torch.save');
  if (directory.has(`${root}/byteorder`)) {
    const { at, bytes } = await record(`${root}/byteorder`);
    const order = (await readFully(handle, at, Math.min(bytes, 16))).toString();
    if (order !== 'little') throw new PickleError(`its byte order is "${order}", only little is read`);
  }
  const pickle = await record(`${root}/data.pkl`);
  if (pickle.bytes > MAX_PICKLE_BYTES) throw new PickleError(`its pickle is of ${pickle.bytes} bytes`);
  const host = new TorchPickleHost((name) => refused(file, name));
  const { value } = readPickle(await readFully(handle, pickle.at, pickle.bytes), 0, host);

  for (const { key, dtype, count } of host.storages.values()) {
    const entry = directory.get(`${root}/data/${key}`);
    if (entry === undefined || entry.bytes < count * ELEMENT_TYPES[dtype].bytes)
      throw new ZipError(`its storage ${key} is cut short`);
  }
  return { tensors: tensorsByName(value), locate: async ({ key }) => (await record(`${root}/data/${key}`)).at };
}

/** Five pickles: magic number, protocol, machine, the value, the keys of the storages; then the storages in that order. */
async function readLegacy(file: string, handle: FileHandle, size: number): Promise<Contents> {
  const readPickles = async (length: number): Promise<{ values: unknown[]; end: number; host: TorchPickleHost }> => {
    const bytes = await readFully(handle, 0, length);
    const host = new TorchPickleHost((name) => refused(file, name));
    const values: unknown[] = [];
    let end = 0;
    try {
      while (values.length < 5) {
        const pickle = readPickle(bytes, end, host);
        if (values.length === 0 && pickle.value !== LEGACY_MAGIC)
          throw new PickleError('it is a pickle, but no file of torch.save');
        values.push(pickle.value);
        end = pickle.end;
      }
    } catch (error) {
      if (!(error instanceof PickleCutShort) || length === Math.min(size, MAX_PICKLE_BYTES)) throw error;
      return await readPickles(Math.min(size, MAX_PICKLE_BYTES, 4 * length));
    }
    return { values, end, host };
  };
  const { values, end, host } = await readPickles(Math.min(size, FIRST_READ_BYTES));
  const [, protocol, machine, value, keys] = values;
  if (protocol !== LEGACY_PROTOCOL) throw new PickleError(`its protocol is ${String(protocol)}, only ${LEGACY_PROTOCOL} is read`);
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new PickleError('its byte order is not little, the only one that is read');
  }

  const starts = new Map<unknown, number>();
  let position = end;
  for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
    const storage = host.storages.get(key as string);
    if (storage === undefined || position + 8 > size) throw new PickleError(`its storage ${String(key)} is cut short`);
    const count = Number((await readFully(handle, position, 8)).readBigInt64LE());
    starts.set(key, position + 8);
    position += 8 + count * ELEMENT_TYPES[storage.dtype].bytes;
    if (count < storage.count || position > size) throw new PickleError(`its storage ${String(key)} is cut short`);
  }
  for (const key of host.storages.keys()) if (!starts.has(key)) throw new PickleError(`it lacks its storage ${key}`);
  return { tensors: tensorsByName(value), locate: ({ key }) => Promise.resolve(starts.get(key)!) };
}

/** The elements of a strided view, in order. */
function gather(values: TensorData, shape: readonly number[], stride: readonly number[]): TensorData {
  const count = countOf(shape);
  let step = 1;
  const contiguous = shape.toReversed().every((side, back) => {
    const fits = side === 1 || stride.at(-1 - back) === step;
    step *= side;
    return fits;
  });
  if (contiguous && count === values.length) return values;

  // one element type in, the same one out: which of them makes no difference here
  const from = values as Float32Array;
  const gathered = new (values.constructor as Float32ArrayConstructor)(count);
  const index = shape.map(() => 0);
  let at = 0;
  for (let place = 0; place < count; place++) {
    gathered[place] = from[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      at += stride[axis]!;
      if (index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * stride[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}

function refused(file: string, name: string): UserError {
  const mend = 'save its state_dict() alone, and name that file.';
  return new UserError('TORCH_FILE_REFUSED', `${file} asks for ${name}, which tensors don't need, so it isn't loaded; ${mend}`);
}

function explain(file: string, error: unknown): unknown {
  if (!(error instanceof PickleError || error instanceof ZipError)) return error;
  const mend = 'name an undamaged one that torch.save wrote.';
  return new UserError('TORCH_FILE_DAMAGED', `${file} isn't usable: ${error.message}; ${mend}`, { cause: error });
}
