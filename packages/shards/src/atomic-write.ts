import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rethrowWriteError } from './disk-full-error.ts';

/** What an unfinished file is called; every such file may be removed by whoever holds the writer's lock. */
export const TEMPORARY_SUFFIX = '.tmp';

/**
 * Writes a file so that it is there whole or not at all, also after a power cut: `*.tmp`, fsync, rename, fsync of the folder.
 * @param write fills the file; it may read it back
 * @returns what `write` returned
 * @throws DiskFullError; the unfinished file is removed where that is possible
 */
export async function writeAtomically<Result>(path: string, write: (handle: FileHandle) => Promise<Result>): Promise<Result> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    const handle = await open(temporary, 'w+');
    let result: Result;
    try {
      result = await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    rethrowWriteError(error, path);
  }
}

/** A rename survives a power cut only once its folder is on the disk; not every system lets a folder be opened for that. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
