import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { rethrowWriteError } from '../disk-full-error.ts';
import { ShardDamagedError } from '../shard-damaged-error.ts';
import { cacheFolder, maxCacheBytes } from './cache-folder.ts';
import { storageOf } from './storage.ts';

/** A shard of S3 and what its bytes have to be. */
export interface RemoteShard {
  path: string;
  state: string;
  sha256: string;
}

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const shardsFolder = (): string => join(cacheFolder(), 'shards');
const folderOf = (path: string): string => join(shardsFolder(), hashText(path));

/** Where the copy of a shard lies: another one for other bytes. */
export const copyPath = ({ path, state, sha256 }: RemoteShard): string =>
  join(folderOf(path), `${hashText(`${state}\n${sha256}`)}.arrow`);

const underWay = new Map<string, Promise<void>>();

/**
 * Brings a shard of S3 into the cache of this machine, whole, since no byte of a shard is parsed before all are known to be
 * those of the manifest; and pictures are then read from anywhere in it at the speed of a disk.
 * @returns whether it was fetched now, and so is known to be sound
 * @throws ShardDamagedError; DiskFullError
 */
export async function fetchCopy(shard: RemoteShard): Promise<boolean> {
  const target = copyPath(shard);
  const stats = await stat(target).catch(() => null);
  if (stats !== null) {
    // The time of the last use, which decides what goes first; the file's own time stays as it is.
    await utimes(target, new Date(), stats.mtime).catch(() => {});
    return false;
  }
  const fetching = underWay.get(target) ?? fetchNow(shard, target).finally(() => underWay.delete(target));
  underWay.set(target, fetching);
  await fetching;
  return true;
}

async function fetchNow({ path, sha256 }: RemoteShard, target: string): Promise<void> {
  const temporary = `${target}.${process.pid}.${threadId}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const hash = createHash('sha256');
    const handle = await open(temporary, 'w');
    let bytes = 0;
    try {
      for await (const chunk of storageOf(path).stream(path)) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        await handle.writeFile(chunk);
      }
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== sha256) throw new ShardDamagedError(path, 0, `its checksum isn't the manifest's`);
    await rename(temporary, target);
    await makeRoom(target, bytes);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    rethrowWriteError(error, target);
  }
}

/** Removes what was forgotten or replaced from the cache of this machine. */
export const dropCopies = (path: string): Promise<void> => rm(folderOf(path), { recursive: true, force: true });

/** To look at all copies after each of many small ones would take long. */
const LOOK_AFTER_SHARE = 0.02;
let fetchedSinceLook = Infinity;

/** Removes the copies that were used longest ago. One that is open stays readable; one that is wanted again is fetched again. */
async function makeRoom(newest: string, bytes: number): Promise<void> {
  const maxBytes = maxCacheBytes();
  fetchedSinceLook += bytes;
  if (fetchedSinceLook < LOOK_AFTER_SHARE * maxBytes) return;
  fetchedSinceLook = 0;
  const copies: { path: string; bytes: number; usedMillis: number }[] = [];
  for (const entry of await readdir(shardsFolder(), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const stats = entry.isFile() ? await stat(path).catch(() => null) : null;
    if (stats !== null) copies.push({ path, bytes: stats.size, usedMillis: stats.atimeMs });
  }
  let total = copies.reduce((sum, copy) => sum + copy.bytes, 0);
  for (const copy of copies.sort((left, right) => left.usedMillis - right.usedMillis)) {
    if (total <= maxBytes) break;
    if (copy.path === newest || copy.path.endsWith('.tmp')) continue;
    await rm(copy.path, { force: true });
    total -= copy.bytes;
  }
}
