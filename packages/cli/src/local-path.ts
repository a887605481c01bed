import { locationPath } from '@wenlan/shards';

/**
 * Where a command writes what can lie in a folder of this machine only: the path as it was given, or that of a `file:` URL.
 * @throws UserError LOCATION_NOT_LOCAL, LOCATION_UNSUPPORTED
 */
export function localPath(location: string): string {
  const path = locationPath(location);
  return location.startsWith('file:') ? path : location;
}
