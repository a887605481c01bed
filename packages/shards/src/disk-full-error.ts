/** The disk has no room for the next file. What was committed before stays, and the same command goes on from there. */
export class DiskFullError extends Error {
  readonly code = 'DISK_FULL';
  readonly exitStatus = 1;

  constructor(path: string, options?: ErrorOptions) {
    super(
      `The disk is full: ${path} can't be written; free some space and run the same command again, which goes on from the last committed shard.`,
      options,
    );
    this.name = 'DiskFullError';
  }
}

/** Rethrows an error of the file system, as {@link DiskFullError} where it says that there is no room (or no quota) left. */
export function rethrowWriteError(error: unknown, path: string): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new DiskFullError(path, { cause: error });
  throw error;
}
