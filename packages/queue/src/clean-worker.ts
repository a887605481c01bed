import { availableParallelism } from 'node:os';
import { measureShard, reducePartition, removeNearColumns } from '@wenlan/cleaning';
import { Worker } from 'bullmq';
import { CLEAN_QUEUE_NAME, type CleanTask } from './clean-queue.ts';
import type { CrawlWorkerOptions } from './crawl-worker.ts';
import { asJobError, workerSettings, workUntil } from './worker-life.ts';

/**
 * Measures shards and reduces partitions for cleanings that wait for them until it is told to stop. It decodes on all processors, so that
 * one shard at once is enough for a machine.
 * @returns the shards and partitions that it finished
 */
export async function runCleanWorker(options: Omit<CrawlWorkerOptions, 'concurrency'>): Promise<number> {
  const { queue, signal, graceMillis, lockMillis, onEvent } = options;
  const underWay = new Set<() => Promise<unknown>>();
  let finished = 0;
  const worker = new Worker<CleanTask, number | string>(
    CLEAN_QUEUE_NAME,
    async (job, token) => {
      const { data } = job;
      const giveBack = (): Promise<unknown> => job.moveToWait(token).catch(() => {});
      underWay.add(giveBack);
      try {
        if (!('shard' in data)) return await reducePartition(data.location, data.task);
        const { input, shard, out, recipe } = data;
        return await measureShard(input, shard, { out, recipe, workers: 2 * availableParallelism() });
      } catch (error) {
        throw asJobError(error);
      } finally {
        underWay.delete(giveBack);
      }
    },
    workerSettings(queue, lockMillis),
  );
  worker.on('completed', ({ data }, result) => {
    finished += 1;
    onEvent?.(`${nameOf(data)} is ${'shard' in data ? `measured, ${result} rows` : 'reduced'}`);
  });
  worker.on('failed', (job, { message }) => onEvent?.(`${job === undefined ? 'A job' : nameOf(job.data)} failed: ${message}`));
  worker.on('error', () => {}); // Redis is gone for a while
  await workUntil(signal, worker, { graceMillis, giveBack: () => Promise.all([...underWay].map((giveBack) => giveBack())) });
  await removeNearColumns();
  return finished;
}

const nameOf = (task: CleanTask): string =>
  'shard' in task ? `shard ${task.shard} of ${task.input}` : `partition ${task.task} of ${task.location}`;
