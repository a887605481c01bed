import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, writeAtomically } from '@wenlan/shards';
import { SafetensorsReader, writeSafetensors } from '../safetensors.ts';
import type { TensorSource } from '../tensor-file.ts';

/** Of a run's folder. */
export const FEATURES_FOLDER = 'text-features';
const INDEX_FILE = 'index.json';
const SHARD = /^\d{5}\.safetensors$/;

/** Written once all texts are there. */
export interface FeatureIndex {
  /** All that decides features: see `featureKey`. */
  key: string;
  texts: number;
  bytes: number;
}

/** What a text is called in the files. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** The folder of a run's features while they are written: files of safetensors, a tensor [tokens, features] for each text. */
export class FeatureFolder {
  readonly folder: string;
  private readonly key: string;

  private constructor(folder: string, key: string) {
    this.folder = folder;
    this.key = key;
  }

  /** Features of other weights that lie there are thrown away. */
  static async open(run: string, key: string): Promise<FeatureFolder> {
    const folder = join(run, FEATURES_FOLDER);
    const [first] = await shardsOf(folder);
    if (first !== undefined && (await keyOf(join(folder, first))) !== key) await rm(folder, { recursive: true });
    await mkdir(folder, { recursive: true });
    return new FeatureFolder(folder, key);
  }

  /** Bytes of a file; undefined where it isn't there: it appears whole or not at all. */
  async bytesOf(shard: number): Promise<number | undefined> {
    const found = await stat(join(this.folder, nameOf(shard))).catch(() => undefined);
    return found?.size;
  }

  /** @returns bytes of the file */
  async write(shard: number, tensors: readonly TensorSource[]): Promise<number> {
    const file = join(this.folder, nameOf(shard));
    const { bytes } = await writeSafetensors(`${file}.tmp`, tensors, { key: this.key });
    await rename(`${file}.tmp`, file);
    return bytes;
  }

  async finish(figures: Omit<FeatureIndex, 'key'>): Promise<FeatureIndex> {
    const index = { key: this.key, ...figures };
    await writeAtomically(join(this.folder, INDEX_FILE), (handle) => handle.writeFile(`${JSON.stringify(index)}\n`));
    return index;
  }
}

/** What a run's folder has of features, and whether that is whole. */
export async function findFeatures(run: string): Promise<FeatureIndex | 'unfinished' | undefined> {
  const folder = join(run, FEATURES_FOLDER);
  const text = await readFile(join(folder, INDEX_FILE), 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as FeatureIndex;
  return (await shardsOf(folder)).length > 0 ? 'unfinished' : undefined;
}

/** All files of a run's features. @throws UserError if one is damaged */
export async function openShards(run: string): Promise<SafetensorsReader[]> {
  const folder = join(run, FEATURES_FOLDER);
  const readers: SafetensorsReader[] = [];
  try {
    for (const name of await shardsOf(folder)) readers.push(await SafetensorsReader.open(join(folder, name)));
  } catch (cause) {
    for (const reader of readers) await reader.close();
    const mend = 'delete it and run `wenlan cache-features` again.';
    throw new UserError('FEATURES_DAMAGED', `A file of ${folder} is damaged; ${mend}`, { cause });
  }
  return readers;
}

async function shardsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => SHARD.test(name)).sort();
}

async function keyOf(file: string): Promise<string | undefined> {
  const reader = await SafetensorsReader.open(file).catch(() => undefined);
  await reader?.close();
  return reader?.metadata['key'];
}

const nameOf = (shard: number): string => `${String(shard).padStart(5, '0')}.safetensors`;
