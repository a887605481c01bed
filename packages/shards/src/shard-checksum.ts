import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardEntry } from './manifest.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';

const READ_BYTES = 2 ** 20;
/** File systems tell times apart by some milliseconds only, so a file as young as this may change without showing it. */
const YOUNG_MILLIS = 100;

/** A shard whose bytes were found to be those of the manifest. What parses shards trusts their bytes, and takes no others. */
export interface SoundShard {
  path: string;
  /** In which the file was then; another one, see {@link stateOf}, says that it has changed. */
  state: string;
}

/** Shards found sound, by path, state and checksum. */
const sound = new Set<string>();

/**
 * Compares a committed shard with the size and checksum that the manifest states. A file is hashed once in the life of the
 * process, unless it changes.
 * @throws ShardDamagedError
 */
export async function soundShard(folder: string, { file, bytes, sha256 }: ShardEntry): Promise<SoundShard> {
  const path = join(folder, file);
  const stats = await stat(path).catch((error: unknown) => rethrowMissing(error, path));
  if (stats.size !== bytes)
    throw new ShardDamagedError(path, Math.min(stats.size, bytes), `it has ${stats.size} bytes instead of ${bytes}`);
  const state = stateOf(stats);
  const key = [path, state, sha256].join('\n');
  if (sound.has(key)) return { path, state };
  if ((await hashFile(path)) !== sha256) throw new ShardDamagedError(path, 0, `its checksum isn't the manifest's`);
  if (Date.now() - stats.mtimeMs > YOUNG_MILLIS) sound.add(key);
  return { path, state };
}

/** What of a file changes when its bytes do. */
export const stateOf = ({ size, mtimeMs, ino }: Stats): string => `${size} ${mtimeMs} ${ino}`;

export function rethrowMissing(error: unknown, path: string): never {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  throw new ShardDamagedError(path, 0, 'the file is missing', { cause: error });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
