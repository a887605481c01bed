import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DiskFullError } from '@wenlan/shards';

/** Where grouping lays down what doesn't fit into memory. */
export interface SpillOptions {
  /** Made when it is needed; files in it are removed by `close`. */
  folder: string;
  /** Bytes of one spool that are held in memory before it goes to a file. */
  memoryBytes: number;
  /** Records of a partition that is reduced at once, about; 131,072 by default. Has no effect on the result. */
  partitionRecords?: number | undefined;
}

let files = 0;

/** A file for reading and writing at any place. */
export class SpillFile {
  readonly path: string;
  readonly #descriptor: number;

  private constructor(path: string, flags: 'r' | 'w+') {
    this.path = path;
    this.#descriptor = openSync(path, flags);
  }

  /** A new one, of a name of its own. */
  static create(folder: string): SpillFile {
    mkdirSync(folder, { recursive: true });
    return new SpillFile(join(folder, `spill-${process.pid}-${(files += 1)}.tmp`), 'w+');
  }

  /** One that another process has written, for reading. */
  static open(path: string): SpillFile {
    return new SpillFile(path, 'r');
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  read(target: Uint8Array, position: number): void {
    let read = 0;
    while (read < target.byteLength) {
      const count = readSync(this.#descriptor, target, read, target.byteLength - read, position + read);
      if (count === 0) throw new Error(`The file ${this.path} was cut while it was in use; run the same command again.`);
      read += count;
    }
  }

  /** @throws DiskFullError */
  write(bytes: Uint8Array, position: number): void {
    let written = 0;
    try {
      while (written < bytes.byteLength)
        written += writeSync(this.#descriptor, bytes, written, bytes.byteLength - written, position + written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') throw new DiskFullError(this.path, { cause: error });
      throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }
}
