import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY_SUFFIX } from '../atomic-write.ts';
import { rethrowWriteError } from '../disk-full-error.ts';
import { writeFolder } from '../formats/write-folder.ts';
import { isRemote, joinLocation } from '../location.ts';
import type { Pair } from '../pair.ts';
import { cacheFolder } from './cache-folder.ts';
import { storageOf } from './storage.ts';

/** Writes pictures and their texts as the files of a folder, which in S3 is made on this machine and then sent file by file. */
export async function writeWholeFolder(
  path: string,
  rows: readonly Pair[],
  split: string,
  firstRow: number,
): Promise<{ bytes: number; sha256: string }> {
  if (isRemote(path)) return sendFolder(path, rows, split, firstRow);
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await rm(path, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    const facts = await writeFolder(temporary, rows, split, firstRow);
    await rename(temporary, path);
    return facts;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    rethrowWriteError(error, path);
  }
}

async function sendFolder(
  path: string,
  rows: readonly Pair[],
  split: string,
  firstRow: number,
): Promise<{ bytes: number; sha256: string }> {
  const upload = join(cacheFolder(), 'upload');
  await mkdir(upload, { recursive: true }).catch((error: unknown) => rethrowWriteError(error, upload));
  const made = await mkdtemp(join(upload, 'folder-'));
  try {
    const facts = await writeFolder(made, rows, split, firstRow).catch((error: unknown) => rethrowWriteError(error, made));
    for (const name of await readdir(made)) {
      const copy = joinLocation(path, name);
      const bytes = await readFile(join(made, name));
      await storageOf(copy).write(copy, (handle) => handle.writeFile(bytes), 'replace');
    }
    return facts;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Removes folders that were begun in a folder; in S3 each file is written anew. */
export async function removeUnfinishedFolders(folder: string): Promise<void> {
  if (isRemote(folder)) return;
  for (const name of await storageOf(folder).folders(folder)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(folder, name), { recursive: true });
  }
}
