import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardEntry } from './manifest.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';

const READ_BYTES = 2 ** 20;

/** Files whose bytes were found to be what their manifest says, with the state that they were in. */
const verified = new Set<string>();

/**
 * What is wrong with the bytes of a committed shard, by size and checksum; null if nothing is. A file is hashed once in
 * the life of the process, unless it changes.
 */
export async function checkShardBytes(folder: string, { file, bytes, sha256 }: ShardEntry): Promise<ShardDamagedError | null> {
  const path = join(folder, file);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stats === null) return new ShardDamagedError(path, 0, 'the file is missing');
  if (stats.size !== bytes) {
    return new ShardDamagedError(path, Math.min(stats.size, bytes), `it has ${stats.size} bytes instead of ${bytes}`);
  }
  const key = [path, sha256, stats.size, stats.mtimeMs, stats.ino].join('\n');
  if (verified.has(key)) return null;
  if ((await hashFile(path)) !== sha256) return new ShardDamagedError(path, 0, `its checksum isn't the manifest's`);
  verified.add(key);
  return null;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
