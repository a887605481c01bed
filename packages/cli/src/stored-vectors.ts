import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeDataset, type LoadedRun, readVectorFile, type VectorRows } from '@wenlan/model';
import { readManifest, type TextKind } from '@wenlan/shards';
import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

export interface StoredVectorsOptions {
  /** The folder of the run, which keeps the vectors below `vectors/`. */
  folder: string;
  run: LoadedRun;
  data: string;
  captionKinds: readonly TextKind[];
}

/**
 * The vectors of a dataset's pictures or captions.
 * @throws UsageError GALLERY_EMPTY; those of {@link storedVectorFile}
 */
export async function storedVectors(
  what: 'pictures' | 'captions',
  options: StoredVectorsOptions,
  context: CommandContext,
): Promise<VectorRows> {
  const vectors = await readVectorFile(await storedVectorFile(what, options, context));
  if (vectors.ids.length === 0)
    throw new UsageError('GALLERY_EMPTY', `${options.data} has no pair with a picture and a text; choose another dataset.`);
  return vectors;
}

/**
 * The file of these vectors, encoded the first time that they are asked for and kept beside the run. Another checkpoint, dataset or choice
 * of captions has a file of its own.
 * @throws those of `encodeDataset`
 */
export async function storedVectorFile(
  what: 'pictures' | 'captions',
  { folder, run, data, captionKinds }: StoredVectorsOptions,
  { reporter, signal }: CommandContext,
): Promise<string> {
  const { shards } = await readManifest(data);
  const key = JSON.stringify([what, run.weightsSha256, captionKinds, shards.map(({ sha256 }) => sha256)]);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const out = join(folder, 'vectors', `${what}-${name}.arrow`);
  const isThere = await access(out).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const onProgress = ({ rowsDone }: { rowsDone: number }): void =>
      reporter.progress({ stage: 'encode', done: rowsDone, unit: what });
    await encodeDataset(run, what, data, { out, captionKinds, signal, onProgress });
  }
  return out;
}

/** Each distinct text once, at its first row. */
export function distinctTexts({ texts, values, dim }: VectorRows): {
  texts: string[];
  values: Float32Array;
  rows: number;
  dim: number;
  /** In the file, of a distinct text. */
  row: (index: number) => number;
} {
  const first = new Map<string, number>();
  for (const [row, text] of texts.entries()) if (!first.has(text)) first.set(text, row);
  const kept = new Float32Array(first.size * dim); // [distinct texts, dim]
  for (const [index, row] of [...first.values()].entries()) kept.set(values.subarray(row * dim, (row + 1) * dim), index * dim);
  const rows = [...first.values()];
  return { texts: [...first.keys()], values: kept, rows: first.size, dim, row: (index) => rows[index]! };
}
