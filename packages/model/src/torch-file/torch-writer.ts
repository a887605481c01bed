import { open } from 'node:fs/promises';
import type { ElementType } from '../element-types.ts';
import { bytesOf, countOf, type NamedTensor, type TensorSource, toSource } from '../tensor-file.ts';
import { PickleWriter } from './pickle-writer.ts';
import { STORAGE_TYPES } from './torch-pickle.ts';
import { ZipWriter } from './zip-writer.ts';

/** Where PyTorch's own writer lets a storage begin. */
const ALIGNMENT = 64;
/** Of the zip format of `torch.save`. */
const FORMAT_VERSION = '3\n';

const STORAGE_NAMES = new Map(Object.entries(STORAGE_TYPES).map(([name, dtype]) => [dtype, name]));

/**
 * Writes tensors as PyTorch's `torch.save` does (zip format, PyTorch 1.6 and later) and syncs them to the disk; `torch.load` reads the
 * file with `weights_only=True`. Tensors are asked for and written one by one; equal tensors give equal bytes.
 * @param under key of a dict that holds the tensors; without it they lie in the outer one
 */
export async function writeTorchFile(
  file: string,
  tensors: readonly (NamedTensor | TensorSource)[],
  { under }: { under?: string } = {},
): Promise<void> {
  const sources = tensors.map(toSource);
  const handle = await open(file, 'w');
  try {
    const zip = new ZipWriter(handle, ALIGNMENT);
    await zip.add('archive/data.pkl', pickleOf(sources, under));
    await zip.add('archive/byteorder', Buffer.from('little'));
    for (const [index, { load }] of sources.entries()) await zip.add(`archive/data/${index}`, bytesOf(await load()));
    await zip.add('archive/version', Buffer.from(FORMAT_VERSION));
    await zip.finish();
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function pickleOf(sources: readonly TensorSource[], under: string | undefined): Buffer {
  const pickle = new PickleWriter();
  const state = (): void => {
    pickle.orderedDict().setItems(() => {
      for (const [index, source] of sources.entries()) writeTensor(pickle.text(source.name), String(index), source);
    });
  };
  if (under === undefined) state();
  else pickle.orderedDict().setItems(() => (pickle.text(under), state()));
  return pickle.finish();
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`. */
function writeTensor(pickle: PickleWriter, key: string, { shape, dtype }: TensorSource): void {
  pickle.global('torch._utils', '_rebuild_tensor_v2').tuple(() => {
    pickle.tuple(() => pickle.text('storage').global('torch', storageName(dtype)).text(key).text('cpu').integer(countOf(shape)));
    pickle.persistent().integer(0).integers(shape).integers(strideOf(shape)).false().orderedDict();
  });
  pickle.reduce();
}

function storageName(dtype: ElementType): string {
  return STORAGE_NAMES.get(dtype)!;
}

/** Of a contiguous tensor. */
function strideOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => countOf(shape.slice(axis + 1)));
}
