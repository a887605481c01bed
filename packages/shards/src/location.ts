import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.ts';

/**
 * The folder that a dataset's location names.
 * @param location a path or a `file:` URL
 * @throws UserError LOCATION_UNSUPPORTED for a URL of another scheme
 */
export function locationPath(location: string): string {
  if (location.startsWith('file:')) return fileURLToPath(location);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme !== undefined) {
    throw new UserError(
      'LOCATION_UNSUPPORTED',
      `A dataset can't be kept at ${location}: the scheme ${scheme}: isn't known; give a path or a file: URL.`,
    );
  }
  return resolve(location);
}
