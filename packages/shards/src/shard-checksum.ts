import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { isRemote, joinLocation } from './location.ts';
import type { ShardEntry } from './manifest.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';
import { stateOf } from './storage/file-state.ts';
import { copyPath, fetchCopy } from './storage/shard-cache.ts';
import { storageOf } from './storage/storage.ts';

/** File systems tell times apart by some milliseconds only, so a file as young as this may change without showing it. */
const YOUNG_MILLIS = 100;

/** A shard whose bytes were found to be those of the manifest. What parses shards trusts their bytes, and takes no others. */
export interface SoundShard {
  path: string;
  /** In which the file was then; another one says that it has changed. */
  state: string;
  /** Of a shard in S3, whose bytes are read from a copy on this machine. */
  sha256?: string;
}

/** Shards found sound, by path, state and checksum. */
const sound = new Set<string>();

/**
 * Compares a committed shard with the size and checksum that the manifest states. A file is hashed once in the life of the
 * process, unless it changes; one in S3 is brought to this machine.
 * @throws ShardDamagedError
 */
export async function soundShard(folder: string, { file, bytes, sha256 }: ShardEntry): Promise<SoundShard> {
  const path = joinLocation(folder, file);
  const stats = await storageOf(path).stat(path);
  if (stats === null) throw missing(path);
  const { state } = stats;
  if (stats.bytes !== bytes)
    throw new ShardDamagedError(path, Math.min(stats.bytes, bytes), `it has ${stats.bytes} bytes instead of ${bytes}`);
  const shard = isRemote(path) ? { path, state, sha256 } : { path, state };
  const key = [path, state, sha256].join('\n');
  if (!('sha256' in shard)) {
    if (sound.has(key)) return shard;
    await checkSum(path, path, sha256);
    if (Date.now() - (await stat(path)).mtimeMs > YOUNG_MILLIS) sound.add(key);
    return shard;
  }
  const isFresh = await fetchCopy(shard as Required<SoundShard>);
  if (!isFresh && !sound.has(key)) await checkSum(path, copyPath(shard as Required<SoundShard>), sha256);
  sound.add(key);
  return shard;
}

async function checkSum(path: string, file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of storageOf(file).stream(file)) hash.update(chunk);
  if (hash.digest('hex') !== sha256) throw new ShardDamagedError(path, 0, `its checksum isn't the manifest's`);
}

/**
 * Opens the file of a shard, or the copy of one in S3, which is fetched again if the cache has dropped it.
 * @returns the file, and its own state
 */
export async function openShard(shard: SoundShard): Promise<{ handle: FileHandle; state: string }> {
  if (shard.sha256 === undefined) {
    const handle = await open(shard.path, 'r').catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(shard.path, error) : error;
    });
    return { handle, state: shard.state };
  }
  const remote = shard as Required<SoundShard>;
  for (;;) {
    await fetchCopy(remote);
    const handle = await open(copyPath(remote), 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return null;
    });
    if (handle !== null) return { handle, state: stateOf(await handle.stat()) };
  }
}

const missing = (path: string, cause?: unknown): ShardDamagedError =>
  new ShardDamagedError(path, 0, 'the file is missing', { cause });
