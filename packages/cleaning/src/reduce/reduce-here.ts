import { setImmediate } from 'node:timers/promises';
import type { PartitionedRecords } from '../dedup/partitioned-records.ts';
import { reduce } from './reduction.ts';
import type { ReduceColumns, ReduceOutput, ReduceTask, Reduction } from './reduction.ts';

/** Records and what is to be made of them, one task after the other. */
export interface ReduceJob {
  reduction: Reduction;
  records: PartitionedRecords;
  tasks: readonly ReduceTask[];
}

/** Does a job, and removes its records. */
export type Reducer = (job: ReduceJob, columns: ReduceColumns, output: ReduceOutput) => Promise<void>;

/** Reduces in this process, so that the memory it takes is that of the partitions of one task. */
export const reduceHere: Reducer = async ({ reduction, records, tasks }, columns, output) => {
  try {
    for (const task of tasks) {
      const partitions = task.map((partition) => records.load(partition));
      reduce(reduction, task, partitions, columns, output);
      // Signals and timers have their turn.
      await setImmediate();
    }
  } finally {
    records.close();
  }
};

/** A task for each partition. */
export const singleTasks = ({ partitions }: PartitionedRecords): ReduceTask[] =>
  Array.from({ length: partitions }, (_, partition) => [partition]);
