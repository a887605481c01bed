import type { ElementType } from '../element-types.ts';
import { countOf } from '../tensor-file.ts';
import { PickleError, PickleFunction, type PickleHost } from './pickle-machine.ts';

/** Python's names of PyTorch's storages, which carry the element type. */
export const STORAGE_TYPES: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** A flat run of elements in the file, which tensors share. */
export interface StorageReference {
  key: string;
  dtype: ElementType;
  /** Elements. */
  count: number;
}

/** A tensor of the pickle: a view of a storage, whose values are elsewhere in the file. */
export class TensorReference {
  readonly storage: StorageReference;
  /** Of the first element in its storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];

  constructor(storage: StorageReference, offset: number, shape: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }

  /** Elements from the first to the last, those in between that aren't its own included. */
  get extent(): number {
    if (this.shape.includes(0)) return 0;
    return 1 + this.shape.reduce((sum, side, axis) => sum + (side - 1) * this.stride[axis]!, 0);
  }
}

class StorageType {
  readonly dtype: ElementType;

  constructor(dtype: ElementType) {
    this.dtype = dtype;
  }
}

class StorageView {
  readonly storage: StorageReference;
  readonly offset: number;

  constructor(storage: StorageReference, offset: number) {
    this.storage = storage;
    this.offset = offset;
  }
}

/** A view that repeats its elements (stride 0) may describe any number of them; more than these are made up. */
const MAX_ELEMENTS = 2 ** 31;

/** All that `torch.save` needs for a nest of dicts and lists of tensors; every other name is refused. */
const ALLOWED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...Object.entries(STORAGE_TYPES).map(([name, dtype]) => [`torch.${name}`, new StorageType(dtype)] as const),
  ...[
    new PickleFunction('collections.OrderedDict', ([items = []]) => orderedDict(items)),
    new PickleFunction('torch.Size', ([sides]) => sides),
    new PickleFunction('torch._utils._rebuild_tensor', rebuildTensor),
    new PickleFunction('torch._utils._rebuild_tensor_v2', rebuildTensor),
    new PickleFunction('torch._utils._rebuild_parameter', ([tensor]) => tensor),
  ].map((allowed) => [allowed.name, allowed] as const),
]);

/** The side of PyTorch in reading a pickle; gathers the storages that are named. */
export class TorchPickleHost implements PickleHost {
  readonly storages = new Map<string, StorageReference>();
  private readonly refuse: (name: string) => Error;

  /** @param refuse makes the error for a name that isn't on the list */
  constructor(refuse: (name: string) => Error) {
    this.refuse = refuse;
  }

  find(module: string, name: string): unknown {
    const full = `${module}.${name}`;
    if (!ALLOWED.has(full)) throw this.refuse(full);
    return ALLOWED.get(full);
  }

  /** `('storage', type, key, device, elements)`; files before PyTorch 1.6 add None or a view of it. */
  persistent(id: unknown): StorageView {
    if (!Array.isArray(id) || id[0] !== 'storage') throw this.refuse(`a persistent ${String(Array.isArray(id) ? id[0] : id)}`);
    const [, type, key, , count, view = null] = id as unknown[];
    if (!(type instanceof StorageType) || typeof key !== 'string' || !isCount(count)) {
      throw new PickleError('one of its storages is described wrongly');
    }
    const storage = this.storages.get(key) ?? { key, dtype: type.dtype, count };
    if (storage.dtype !== type.dtype) throw new PickleError(`its storage ${key} is of two types`);
    this.storages.set(key, storage);
    if (view === null) return new StorageView(storage, 0);
    const offset: unknown = Array.isArray(view) ? view[1] : undefined;
    if (!isCount(offset)) throw new PickleError(`a view of its storage ${key} is described wrongly`);
    return new StorageView(storage, offset);
  }
}

/** `(storage, offset, size, stride, …)`: what follows is of training. */
function rebuildTensor([view, offset, shape, stride]: readonly unknown[]): TensorReference {
  const isTensor = view instanceof StorageView && isCount(offset) && isCounts(shape) && isCounts(stride);
  if (!isTensor || shape.length !== stride.length || countOf(shape) > MAX_ELEMENTS) {
    throw new PickleError('one of its tensors is described wrongly');
  }
  const tensor = new TensorReference(view.storage, view.offset + offset, shape, stride);
  if (tensor.offset + tensor.extent > view.storage.count) throw new PickleError('one of its tensors lies outside of its storage');
  return tensor;
}

function orderedDict(items: unknown): Map<unknown, unknown> {
  const pairs = Array.isArray(items) ? items : [null];
  if (!pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
    throw new PickleError('one of its dicts is described wrongly');
  return new Map(pairs as [unknown, unknown][]);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

/** Deeper or larger nests than these are made up: few bytes of a pickle can describe very many. */
const MAX_DEPTH = 64;
const MAX_VALUES = 2_000_000;

/** Every tensor in a nest of dicts and lists, by the keys on the way to it joined with dots. */
export function tensorsByName(root: unknown): Map<string, TensorReference> {
  const tensors = new Map<string, TensorReference>();
  let values = 0;
  const walk = (value: unknown, path: readonly string[]): void => {
    if (++values > MAX_VALUES || path.length > MAX_DEPTH) throw new PickleError('its dicts are nested without end');
    if (value instanceof TensorReference) {
      const name = path.join('.');
      if (tensors.has(name)) throw new PickleError(`it holds two tensors "${name}"`);
      tensors.set(name, value);
    } else if (value instanceof Map || Array.isArray(value)) {
      for (const [key, item] of value.entries()) walk(item, [...path, String(key)]);
    }
  };
  walk(root, []);
  return tensors;
}
