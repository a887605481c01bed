import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRemote, joinLocation, storageOf, writeChunks } from '@wenlan/shards';
import { ColumnFiles, columnFilesOf } from './column-files.ts';
import { JOB_FILE, JOINED, NOTED, partitionFile, readBytes, readWords } from './job-files.ts';
import type { LaidJob } from './job-files.ts';
import { reduce } from './reduction.ts';
import type { ReduceOutput } from './reduction.ts';

/**
 * Does one task of a job that a `clean` in another process has laid down and waits for (`reduceElsewhere`). Done twice, also at once, it
 * leaves two results of the same bytes.
 * @param location of the job
 * @returns name of the file with the result
 */
export async function reducePartition(location: string, task: number): Promise<string> {
  const job = JSON.parse(Buffer.from(await readBytes(joinLocation(location, JOB_FILE))).toString()) as LaidJob;
  const partitions = [];
  for (const partition of job.tasks[task]!) partitions.push(await readWords(joinLocation(location, partitionFile(partition))));
  const columns = new ColumnFiles(await nearColumns(location, columnFilesOf(job.reduction)), job.rows);
  const found = new FoundHere();
  try {
    reduce(job.reduction, job.tasks[task]!, partitions, columns, found);
  } finally {
    columns.close();
  }
  // Of a name of its own: who was taken for dead may write at the same time.
  const name = `result-${task}-${randomUUID()}`;
  await writeChunks(joinLocation(location, name), found.chunks());
  return name;
}

/** Of one job at a time. */
let copied: string | null = null;

/** A folder of this machine where the columns lie: that of the job itself, or copies from S3, which serve all tasks of a job. */
async function nearColumns(location: string, names: readonly string[]): Promise<string> {
  if (!isRemote(location)) return location;
  const folder = join(
    tmpdir(),
    `wenlan-reduce-${process.pid}-${createHash('sha256').update(location).digest('hex').slice(0, 16)}`,
  );
  if (copied !== folder) {
    if (copied !== null) await rm(copied, { recursive: true, force: true });
    copied = folder;
  }
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const path = join(folder, name);
    if (existsSync(path)) continue;
    const temporary = `${path}-${randomUUID()}`;
    await writeChunks(temporary, storageOf(location).stream(joinLocation(location, name)));
    await rename(temporary, path);
  }
  return folder;
}

/** Removes copies of columns from S3. */
export async function removeNearColumns(): Promise<void> {
  if (copied !== null) await rm(copied, { recursive: true, force: true });
  copied = null;
}

/** What one task found. Items are in sets by what this task joined alone. */
class FoundHere implements ReduceOutput {
  readonly #parents = new Map<number, number>();
  readonly #words: number[] = [];

  joined(left: number, right: number): boolean {
    return this.#find(left) === this.#find(right);
  }

  join(left: number, right: number): void {
    const [first, second] = [this.#find(left), this.#find(right)];
    if (first === second) return;
    this.#parents.set(Math.max(first, second), Math.min(first, second));
    this.#words.push(JOINED, left, right, 0);
  }

  note(item: number, other: number, value: number): void {
    this.#words.push(NOTED, item, other, value);
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield new Uint8Array(Uint32Array.from(this.#words).buffer);
  }

  #find(item: number): number {
    let at = item;
    for (let parent = this.#parents.get(at); parent !== undefined; parent = this.#parents.get(at)) {
      const above = this.#parents.get(parent);
      if (above !== undefined) this.#parents.set(at, above);
      at = parent;
    }
    return at;
  }
}
