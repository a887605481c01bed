import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY_SUFFIX, writeAtomically } from '../atomic-write.ts';
import { rethrowWriteError } from '../disk-full-error.ts';
import { takeWriterLock } from '../writer-lock.ts';
import { stateOf } from './file-state.ts';
import type { Storage, StoredFile } from './storage.ts';

const READ_BYTES = 2 ** 20;
const versionOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Folders of this machine, and what is mounted there. */
export class FileStorage implements Storage {
  async stat(path: string): Promise<{ bytes: number; state: string } | null> {
    const stats = await stat(path).catch(nullIfMissing);
    return stats === null ? null : { bytes: stats.size, state: stateOf(stats) };
  }

  async read(path: string): Promise<{ bytes: Buffer; version: string } | null> {
    const bytes = await readFile(path).catch(nullIfMissing);
    return bytes === null ? null : { bytes, version: versionOf(bytes) };
  }

  stream(path: string): AsyncIterable<Uint8Array> {
    return createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;
  }

  write<Result>(path: string, write: (handle: FileHandle) => Promise<Result>): Promise<Result> {
    return writeAtomically(path, write);
  }

  async put(path: string, bytes: Uint8Array): Promise<string> {
    await writeAtomically(path, (handle) => handle.writeFile(bytes));
    return versionOf(bytes);
  }

  async list(folder: string): Promise<StoredFile[]> {
    const entries = (await readdir(folder, { withFileTypes: true }).catch(nullIfMissing)) ?? [];
    const names = entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
    const files: StoredFile[] = [];
    for (const name of names) {
      const stats = await stat(join(folder, name)).catch(nullIfMissing);
      if (stats !== null) files.push({ name, bytes: stats.size });
    }
    return files;
  }

  async folders(folder: string): Promise<string[]> {
    const entries = (await readdir(folder, { withFileTypes: true }).catch(nullIfMissing)) ?? [];
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrowWriteError(error, folder));
  }

  async removeUnfinished(folder: string): Promise<void> {
    for (const { name } of await this.list(folder)) if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(folder, name));
  }

  lock(folder: string): Promise<() => Promise<void>> {
    return takeWriterLock(folder);
  }
}

function nullIfMissing(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
