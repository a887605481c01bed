import type { FileHandle } from 'node:fs/promises';
import { isRemote } from '../location.ts';
import { FileStorage } from './file-storage.ts';
import { S3Storage } from './s3-storage.ts';

/** What has to be there for a file to be replaced: the version that was read last, null for no file, undefined for any. */
export type Expected = string | null | undefined;

/** How a file is meant to be written: only if there is none of its name, or in place of one. */
export type WriteMode = 'create' | 'replace';

export interface StoredFile {
  name: string;
  bytes: number;
}

/**
 * Where the files of datasets lie. Paths are those of files, or `s3://bucket/key`; a file is seen whole or not at all.
 * Every method throws DiskFullError where there is no room, and for S3 UserError S3_BUCKET_MISSING, S3_ACCESS_DENIED or
 * S3_REGION_MISSING, or {@link StorageUnreachableError}.
 */
export interface Storage {
  /** Size of a file, and its state, which changes when its bytes do; null if there is none. */
  stat(path: string): Promise<{ bytes: number; state: string } | null>;
  /** A small file with its version; null if there is none. */
  read(path: string): Promise<{ bytes: Buffer; version: string } | null>;
  /** The bytes of a file in order, in pieces of some megabytes; the file must not change meanwhile. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /**
   * Writes a file of any size; of a local one `write` fills the file itself.
   * @returns what `write` returned
   * @throws UserError DATASET_CHANGED if S3 has a file of the name and other bytes, and the mode is `create`
   */
  write<Result>(path: string, write: (handle: FileHandle) => Promise<Result>, mode: WriteMode): Promise<Result>;
  /**
   * Replaces a small file. In a folder, where the writer's lock is enough, `expected` isn't looked at.
   * @returns its version from now on
   * @throws UserError DATASET_CHANGED if S3 has another version than the one expected
   */
  put(path: string, bytes: Uint8Array, expected: Expected): Promise<string>;
  /** Files right in a folder, sorted by name; none if there is no such folder. */
  list(folder: string): Promise<StoredFile[]>;
  /** Names of the folders right in a folder. */
  folders(folder: string): Promise<string[]>;
  remove(path: string): Promise<void>;
  /** Removes all that lies in a folder, at any depth, and the folder. */
  removeFolder(folder: string): Promise<void>;
  /** Puts a finished file, which never changes, also at another path of the same storage; its bytes pass through this process only where that can't be helped. */
  copy(from: string, to: string): Promise<void>;
  makeFolder(folder: string): Promise<void>;
  /** Removes what writers that were killed left half-written right in a folder. */
  removeUnfinished(folder: string): Promise<void>;
  /**
   * Takes the right to write to a dataset.
   * @returns gives the right back
   * @throws UserError DATASET_LOCKED if another writer holds it
   */
  lock(folder: string): Promise<() => Promise<void>>;
}

const files = new FileStorage();
const s3 = new S3Storage();

/** What reads and writes at a path: this disk or S3. @param path of a file or folder, as `datasetLocation` gives it */
export const storageOf = (path: string): Storage => (isRemote(path) ? s3 : files);
