import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY_SUFFIX, writeAtomically } from '../atomic-write.ts';
import { rethrowWriteError } from '../disk-full-error.ts';
import { UserError } from '../user-error.ts';
import { takeWriterLock } from '../writer-lock.ts';
import { stateOf } from './file-state.ts';
import type { Storage, StoredFile } from './storage.ts';

const READ_BYTES = 2 ** 20;
/** What says that a file system has no links, or none to there. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);
/** Why a folder can't be made that whoever asked for it can mend. */
const OBSTACLES: Readonly<Record<string, string>> = {
  ENOTDIR: 'a file is in its way',
  EEXIST: 'a file is in its way',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'what is mounted there is read-only',
};
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

  async removeFolder(folder: string): Promise<void> {
    // what another process is just writing there makes it fail
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** As a link, where there are such. */
  async copy(from: string, to: string): Promise<void> {
    try {
      await link(from, to);
    } catch (error) {
      if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) rethrowWriteError(error, to);
      await copyDurably(from, to);
    }
  }

  async makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      const obstacle = OBSTACLES[(error as NodeJS.ErrnoException).code ?? ''];
      if (obstacle === undefined) rethrowWriteError(error, folder);
      throw new UserError(
        'FOLDER_UNUSABLE',
        `The folder ${folder} can't be made: ${obstacle}; name another place, or mend that one.`,
        {
          cause: error,
        },
      );
    });
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

async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    const handle = await open(to, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(to, { force: true }).catch(() => {});
    rethrowWriteError(error, to);
  }
}
