import { storageOf } from '@wenlan/shards';
import type { ReduceTask, Reduction } from './reduction.ts';

/** What a job in a folder is: beside it lie its partitions and columns. */
export interface LaidJob {
  reduction: Reduction;
  words: number;
  tasks: readonly ReduceTask[];
  rows: number;
}

export const JOB_FILE = 'job.json';
export const partitionFile = (partition: number): string => `partition-${String(partition).padStart(5, '0')}`;
/** Words of a note: what, item, other and value; of a join, the latter three are left, right and 0. */
export const RESULT_WORDS = 4;
export const JOINED = 0;
export const NOTED = 1;

/** The words of a file. */
export async function readWords(path: string): Promise<Uint32Array> {
  const bytes = await readBytes(path);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

export async function readBytes(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of storageOf(path).stream(path)) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
