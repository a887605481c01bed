import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../user-error.ts';

const DEFAULT_CACHE_BYTES = 20 * 2 ** 30;

/** Where copies of shards from S3 and files on their way there are kept: `WENLAN_CACHE_DIR`, or `wenlan` in the user's cache. */
export function cacheFolder(): string {
  const chosen = process.env['WENLAN_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wenlan');
}

/**
 * How many bytes copies of shards may take: `WENLAN_CACHE_BYTES`, or 20 GiB.
 * @throws UserError OPTION_INVALID
 */
export function maxCacheBytes(): number {
  const text = process.env['WENLAN_CACHE_BYTES'];
  if (text === undefined || text === '') return DEFAULT_CACHE_BYTES;
  const bytes = Number(text);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw new UserError('OPTION_INVALID', `WENLAN_CACHE_BYTES is ${JSON.stringify(text)}; give a whole number of bytes.`);
}
