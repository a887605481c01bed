import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@wenlan/shards';
import { SafetensorsReader } from '../safetensors.ts';
import type { TensorFile } from '../tensor-file.ts';
import { readTorchFile } from '../torch-file/torch-reader.ts';
import { INDEX_SUFFIX, openShardedWeights } from './sharded-weights.ts';

/** What transformers and timm call the weights in a model's folder. */
const IN_A_FOLDER = ['model.safetensors', 'pytorch_model.bin'];
/** The files themselves, else the index of those that they were split into. */
const CANDIDATES = IN_A_FOLDER.flatMap((name) => [name, `${name}${INDEX_SUFFIX}`]);

/**
 * Opens weights: a safetensors file, one of `torch.save`, or a folder with `model.safetensors` or `pytorch_model.bin`, in one piece or
 * split with an index.
 * @throws UserError if there is none, or it is damaged or asks for more than tensors
 */
export async function openWeights(path: string): Promise<TensorFile> {
  const file = await findFile(path);
  return file.endsWith(INDEX_SUFFIX) ? await openShardedWeights(file, openFile) : await openFile(file);
}

async function openFile(file: string): Promise<TensorFile> {
  return (await isSafetensors(file)) ? await SafetensorsReader.open(file) : await readTorchFile(file);
}

async function findFile(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UserError('WEIGHTS_MISSING', `${path} isn't there; name existing weights.`, { cause });
  });
  if (!found.isDirectory()) return path;
  for (const name of CANDIDATES) {
    const there = await access(join(path, name)).then(
      () => true,
      () => false,
    );
    if (there) return join(path, name);
  }
  const wanted = IN_A_FOLDER.join(' nor ');
  throw new UserError('WEIGHTS_MISSING', `${path} has neither ${wanted}; name a folder that has one, or a file.`);
}

/** By its content: a JSON object behind eight bytes. */
async function isSafetensors(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(9), 0, 9, 0);
    return bytesRead === 9 && buffer.toString('latin1', 8) === '{';
  } finally {
    await handle.close();
  }
}
