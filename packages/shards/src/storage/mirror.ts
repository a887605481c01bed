import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { rethrowWriteError } from '../disk-full-error.ts';
import { datasetLocation, isRemote, joinLocation } from '../location.ts';
import { UserError } from '../user-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { storageOf } from './storage.ts';

/** What was given, on this machine. */
export interface Mirror {
  path: string;
  /** Removes the copy, if it is one. */
  remove: () => Promise<void>;
}

/**
 * Brings a file or all files below a prefix of S3 to this machine, for readers that seek in files; what is there stays as is.
 * @throws UserError INPUT_MISSING; DiskFullError
 */
export async function mirror(location: string): Promise<Mirror> {
  if (!isRemote(location)) return { path: location, remove: async () => {} };
  const from = datasetLocation(location);
  const parent = join(cacheFolder(), 'import');
  await mkdir(parent, { recursive: true }).catch((error: unknown) => rethrowWriteError(error, parent));
  const root = await mkdtemp(join(parent, 'input-'));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    const path = join(root, posix.basename(from));
    if ((await storageOf(from).stat(from)) !== null) await copy(from, path);
    else if ((await copyFolder(from, path)) === 0)
      throw new UserError('INPUT_MISSING', `There is nothing at ${location} to import; check the path.`);
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copyFolder(from: string, to: string): Promise<number> {
  const storage = storageOf(from);
  let files = 0;
  for (const { name } of await storage.list(from)) {
    await copy(joinLocation(from, name), join(to, name));
    files += 1;
  }
  for (const name of await storage.folders(from)) files += await copyFolder(joinLocation(from, name), join(to, name));
  return files;
}

async function copy(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    const handle = await open(to, 'w');
    try {
      for await (const chunk of storageOf(from).stream(from)) await handle.writeFile(chunk);
    } finally {
      await handle.close();
    }
  } catch (error) {
    rethrowWriteError(error, to);
  }
}
