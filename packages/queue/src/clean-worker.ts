import { availableParallelism } from 'node:os';
import { measureShard } from '@wenlan/cleaning';
import { Worker } from 'bullmq';
import { CLEAN_QUEUE_NAME, type CleanTask } from './clean-queue.ts';
import type { CrawlWorkerOptions } from './crawl-worker.ts';
import { asJobError, workerSettings, workUntil } from './worker-life.ts';

/**
 * Measures shards for cleanings that wait for them until it is told to stop. It decodes on all processors, so that one shard at once is
 * enough for a machine.
 * @returns the shards that it finished
 */
export async function runCleanWorker(options: Omit<CrawlWorkerOptions, 'concurrency'>): Promise<number> {
  const { queue, signal, lockMillis, onEvent } = options;
  let finished = 0;
  const worker = new Worker<CleanTask, number>(
    CLEAN_QUEUE_NAME,
    async ({ data: { input, shard, out, recipe } }) => {
      try {
        return await measureShard(input, shard, { out, recipe, workers: 2 * availableParallelism() });
      } catch (error) {
        throw asJobError(error);
      }
    },
    workerSettings(queue, lockMillis),
  );
  worker.on('completed', ({ data }, rows) => {
    finished += 1;
    onEvent?.(`shard ${data.shard} of ${data.input} is measured, ${rows} rows`);
  });
  worker.on('failed', (job, { message }) => onEvent?.(`shard ${job?.data.shard ?? '?'} failed: ${message}`));
  worker.on('error', () => {}); // Redis is gone for a while
  await workUntil(signal, worker);
  return finished;
}
