import { createHash } from 'node:crypto';
import { join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder } from './storage/cache-folder.ts';
import { UserError } from './user-error.ts';

const S3_URL = /^s3:\/\/([^/]*)(?:\/(.*))?$/is;
/** Rules of Amazon S3 for the names of buckets, without those that only forbid the look of an IP address. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Where an object of S3 lies. */
export interface S3Place {
  bucket: string;
  /** Without a `/` at its ends; empty for the bucket itself. */
  key: string;
}

/** Whether a location is one of S3. */
export const isRemote = (location: string): boolean => /^s3:\/\//i.test(location);

/** @throws UserError LOCATION_UNSUPPORTED for a URL that names no bucket, or none that can be */
export function parseS3(url: string): S3Place {
  const [, bucket = '', path = ''] = S3_URL.exec(url) ?? [];
  if (!BUCKET_NAME.test(bucket)) {
    throw new UserError(
      'LOCATION_UNSUPPORTED',
      `${url} names no bucket of S3; write s3://BUCKET/PREFIX, the bucket of 3 to 63 small letters, digits, dots and hyphens.`,
    );
  }
  const key = path
    .split('/')
    .filter((step) => step !== '')
    .join('/');
  if (key.split('/').some((step) => step === '..' || step === '.')) {
    throw new UserError('LOCATION_UNSUPPORTED', `${url} has a step . or .., which S3 doesn't know; write the prefix out.`);
  }
  return { bucket, key };
}

/**
 * One way of writing where a dataset lies: the absolute path of a folder, or `s3://bucket/prefix`.
 * @param location a path, a `file:` URL or an `s3:` URL
 * @throws UserError LOCATION_UNSUPPORTED for a URL of another scheme
 */
export function datasetLocation(location: string): string {
  if (!isRemote(location)) return localPath(location);
  const { bucket, key } = parseS3(location);
  return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}

/**
 * The folder that a dataset's location names, for what can only lie in one.
 * @param location a path or a `file:` URL
 * @throws UserError LOCATION_UNSUPPORTED for a URL of another scheme, LOCATION_NOT_LOCAL for one in S3
 */
export function locationPath(location: string): string {
  if (!isRemote(location)) return localPath(location);
  throw new UserError(
    'LOCATION_NOT_LOCAL',
    `What is written here needs a folder of this machine, and ${location} is in S3; give a path or a file: URL, and copy the folder afterwards.`,
  );
}

function localPath(location: string): string {
  if (location.startsWith('file:')) return fileURLToPath(location);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme !== undefined) {
    throw new UserError(
      'LOCATION_UNSUPPORTED',
      `A dataset can't be kept at ${location}: the scheme ${scheme}: isn't known; give a path, a file: URL or an s3: URL.`,
    );
  }
  return resolve(location);
}

/**
 * A folder of this machine for what a stage keeps while it writes a dataset, such as a frontier or measures: the dataset's
 * own, or, for one in S3, a folder of the cache (see the README) that is the same for every call with the same location.
 */
export function workFolder(location: string): string {
  const folder = datasetLocation(location);
  return isRemote(folder) ? join(cacheFolder(), 'work', createHash('sha256').update(folder).digest('hex').slice(0, 32)) : folder;
}

/** What lies below a folder on this disk or in S3. @param folder as {@link datasetLocation} gives it */
export const joinLocation = (folder: string, ...names: readonly string[]): string =>
  isRemote(folder) ? [folder, ...names].join('/') : join(folder, ...names);

/** How a dataset names another: relative to itself where both lie in folders, or in the same bucket. */
export function relativeLocation(folder: string, other: string): string {
  if (!isRemote(folder) && !isRemote(other)) return relative(folder, other).split(sep).join('/');
  if (!isRemote(other)) return pathToFileURL(other).href;
  if (!isRemote(folder)) return other;
  const [from, to] = [parseS3(folder), parseS3(other)];
  return from.bucket === to.bucket ? posix.relative(`/${from.key}`, `/${to.key}`) : other;
}

/** The reverse of `relativeLocation`. */
export function resolveLocation(folder: string, location: string): string {
  if (/^(?:s3|file):/i.test(location)) return datasetLocation(location);
  if (!isRemote(folder)) return resolve(folder, location);
  const { bucket, key } = parseS3(folder);
  return datasetLocation(`s3://${bucket}${posix.resolve(`/${key}`, location)}`);
}
