import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@wenlan/shards';
import type { TensorData } from '../element-types.ts';
import type { TensorFile } from '../tensor-file.ts';

/** What the name of an index ends with. */
export const INDEX_SUFFIX = '.index.json';

/**
 * Opens weights that are spread over several files, by the index that transformers writes beside them (`model.safetensors.index.json`,
 * `pytorch_model.bin.index.json`): one JSON object whose `weight_map` says in which file each tensor lies.
 * @param open opens one of the files
 * @throws UserError if the index is damaged, or doesn't agree with the files that it names
 */
export async function openShardedWeights(index: string, open: (file: string) => Promise<TensorFile>): Promise<TensorFile> {
  const fileOf = await readWeightMap(index);
  const files = new Map<string, TensorFile>();
  try {
    for (const name of new Set(fileOf.values())) {
      const file = await open(join(dirname(index), name)).catch((cause: NodeJS.ErrnoException) => {
        throw cause.code === 'ENOENT' ? damaged(index, `${name}, which it names, isn't there`, cause) : cause;
      });
      files.set(name, file);
    }
    return new ShardedWeights(index, fileOf, files);
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

class ShardedWeights implements TensorFile {
  readonly entries: TensorFile['entries'];
  private readonly fileOf: ReadonlyMap<string, string>;
  private readonly files: ReadonlyMap<string, TensorFile>;

  constructor(index: string, fileOf: ReadonlyMap<string, string>, files: ReadonlyMap<string, TensorFile>) {
    this.fileOf = fileOf;
    this.files = files;
    this.entries = new Map(
      [...fileOf].map(([name, file]) => {
        const entry = files.get(file)!.entries.get(name);
        if (entry === undefined) throw damaged(index, `${file} has no tensor "${name}", which it names there`);
        return [name, entry];
      }),
    );
  }

  async read(name: string): Promise<TensorData> {
    const file = this.fileOf.get(name);
    if (file === undefined) throw new UserError('WEIGHTS_MISSING', `There is no tensor "${name}" in these weights; name others.`);
    return await this.files.get(file)!.read(name);
  }

  close(): Promise<void> {
    return closeAll(this.files);
  }
}

async function readWeightMap(index: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(index, 'utf8');
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown }).weight_map;
  } catch (cause) {
    throw damaged(index, 'it is no JSON', cause);
  }
  if (typeof map !== 'object' || map === null || Object.keys(map).length === 0) throw damaged(index, 'it has no weight_map');
  const fileOf = new Map(Object.entries(map as Record<string, unknown>));
  for (const [name, file] of fileOf) {
    // an index of strangers must not open files elsewhere
    if (typeof file !== 'string' || file === '..' || basename(file) !== file) {
      throw damaged(index, `of "${name}" it names ${JSON.stringify(file)}, which is no file beside it`);
    }
  }
  return fileOf as ReadonlyMap<string, string>;
}

async function closeAll(files: ReadonlyMap<string, TensorFile>): Promise<void> {
  for (const file of files.values()) await file.close();
}

function damaged(index: string, why: string, cause?: unknown): UserError {
  return new UserError('WEIGHTS_INDEX', `${index} is damaged: ${why}; fetch the weights again.`, { cause });
}
