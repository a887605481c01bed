import { type ElementType, elementTypeOf, type TensorData } from './element-types.ts';

/** A tensor in memory. */
export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: TensorData;
}

/** A tensor that is to be written, its values asked for when it is its turn. */
export interface TensorSource {
  name: string;
  shape: readonly number[];
  dtype: ElementType;
  /** Reads the tensor; whoever asks disposes of it. */
  load: () => Promise<TensorData>;
}

/** An open file of tensors: what it holds is in memory, their values are read when asked for. */
export interface TensorFile {
  readonly entries: ReadonlyMap<string, { readonly shape: readonly number[]; readonly dtype: ElementType }>;
  /** @throws UserError naming the tensor if there is none of that name */
  read(name: string): Promise<TensorData>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** @throws Error if a shape doesn't hold the values */
export function toSource(tensor: NamedTensor | TensorSource): TensorSource {
  if (!('data' in tensor)) return tensor;
  const { name, shape, data } = tensor;
  if (countOf(shape) !== data.length) throw new Error(`${name} has shape [${shape.join(', ')}] but ${data.length} values`);
  return { name, shape, dtype: elementTypeOf(data), load: () => Promise.resolve(data) };
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function bytesOf(data: TensorData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
