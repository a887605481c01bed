import { availableParallelism } from 'node:os';
import { measureShard } from '@wenlan/cleaning';
import { UserError } from '@wenlan/shards';
import { UnrecoverableError, Worker } from 'bullmq';
import { CLEAN_QUEUE_NAME, type CleanTask } from './clean-queue.ts';
import type { CrawlWorkerOptions } from './crawl-worker.ts';
import { KEY_PREFIX, redisOptions } from './redis.ts';

/** A shard of a worker that wasn't heard of for so long goes to another. */
const LOCK_MILLIS = 30_000;
/** Takeovers of one shard, after which it is poisoned. */
const MAX_TAKEOVERS = 3;
/** The shard in flight is finished in this time after a signal, or left to another worker. */
const GRACE_MILLIS = 60_000;

/**
 * Measures shards for cleanings that wait for them until it is told to stop. It decodes on all processors, so that one shard at once is
 * enough for a machine.
 * @returns the shards that it finished
 */
export async function runCleanWorker(options: Omit<CrawlWorkerOptions, 'concurrency'>): Promise<number> {
  const { queue, signal, lockMillis = LOCK_MILLIS, onEvent } = options;
  let finished = 0;
  const worker = new Worker<CleanTask, number>(
    CLEAN_QUEUE_NAME,
    async ({ data: { input, shard, out, recipe } }) => {
      try {
        return await measureShard(input, shard, { out, recipe, workers: 2 * availableParallelism() });
      } catch (error) {
        // What a person has to mend isn't mended by trying again.
        throw error instanceof UserError ? new UnrecoverableError(error.message) : error;
      }
    },
    {
      connection: redisOptions(queue),
      prefix: KEY_PREFIX,
      lockDuration: lockMillis,
      stalledInterval: lockMillis / 2,
      maxStalledCount: MAX_TAKEOVERS,
    },
  );
  worker.on('completed', ({ data }, rows) => {
    finished += 1;
    onEvent?.(`shard ${data.shard} of ${data.input} is measured, ${rows} rows`);
  });
  worker.on('failed', (job, { message }) => onEvent?.(`shard ${job?.data.shard ?? '?'} failed: ${message}`));
  worker.on('error', () => {}); // Redis is gone for a while
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  const force = setTimeout(() => void worker.close(true), GRACE_MILLIS);
  await worker.close();
  clearTimeout(force);
  return finished;
}
