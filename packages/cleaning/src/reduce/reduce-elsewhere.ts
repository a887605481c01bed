import { randomUUID } from 'node:crypto';
import { joinLocation, storageOf, writeChunks } from '@wenlan/shards';
import { columnBytes, columnFilesOf } from './column-files.ts';
import { reduceHere } from './reduce-here.ts';
import type { ReduceJob, Reducer } from './reduce-here.ts';
import { JOB_FILE, JOINED, partitionFile, readWords, RESULT_WORDS } from './job-files.ts';
import type { LaidJob } from './job-files.ts';
import type { ReduceColumns, ReduceOutput } from './reduction.ts';

/**
 * Has other processes reduce partitions, see `reducePartition`.
 * @param location where the job lies, for all to see
 * @param tasks numbers of those that are to be done
 * @param onTask to be called with each that is done and the name of its result, one after the other
 */
export type ReduceElsewhere = (
  location: string,
  tasks: readonly number[],
  onTask: (task: number, result: string) => Promise<void>,
) => Promise<void>;

/**
 * A reducer that lays the partitions of a job into a folder or S3 for others to reduce, and unites what they found. What is one
 * partition only is reduced here.
 * @param location what lies there is removed with the job
 */
export function reduceElsewhere(location: string, elsewhere: ReduceElsewhere): Reducer {
  return async (job, columns, output) => {
    if (!job.records.isDivided) return reduceHere(job, columns, output);
    const at = joinLocation(location, randomUUID());
    const storage = storageOf(at);
    await storage.makeFolder(at);
    try {
      const filled = await layDown(at, job, columns);
      const wanted = [...job.tasks.keys()].filter((task) => job.tasks[task]!.every((partition) => filled.has(partition)));
      await elsewhere(at, wanted, async (_task, result) => unite(await readWords(joinLocation(at, result)), output));
    } finally {
      await storage.removeFolder(at);
    }
  };
}

/** @returns the partitions that hold something */
async function layDown(at: string, { reduction, records, tasks }: ReduceJob, columns: ReduceColumns): Promise<Set<number>> {
  const filled = new Set<number>();
  try {
    for (let partition = 0; partition < records.partitions; partition += 1) {
      const { buffer, byteOffset, byteLength } = records.load(partition);
      if (byteLength === 0) continue;
      filled.add(partition);
      await writeChunks(joinLocation(at, partitionFile(partition)), only(new Uint8Array(buffer, byteOffset, byteLength)));
    }
  } finally {
    records.close();
  }
  for (const name of columnFilesOf(reduction)) await writeChunks(joinLocation(at, name), columnBytes(name, columns));
  const job: LaidJob = { reduction, words: records.words, tasks, rows: columns.rows };
  await writeChunks(joinLocation(at, JOB_FILE), only(Buffer.from(JSON.stringify(job))));
  return filled;
}

/** @param result [found, 4] */
function unite(result: Uint32Array, output: ReduceOutput): void {
  for (let at = 0; at < result.length; at += RESULT_WORDS) {
    const [what, item, other, value] = result.subarray(at, at + RESULT_WORDS) as unknown as [number, number, number, number];
    if (what === JOINED) output.join(item, other);
    else output.note(item, other, value);
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
