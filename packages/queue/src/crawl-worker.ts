import { EarlierCrawls, Interrupted, KeptNetworks } from '@wenlan/crawler';
import { WaitingError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { QUEUE_NAME } from './crawl-queue.ts';
import { type CrawledPart, type CrawlTask, type PartProgress, runCrawlTask } from './crawl-task.ts';
import { redisOptions } from './redis.ts';
import { RedisHosts } from './redis-hosts.ts';
import { asJobError, LOCK_MILLIS, workerSettings, workUntil } from './worker-life.ts';

const PROGRESS_MILLIS = 1_000;

/** What a worker is to do. */
export interface CrawlWorkerOptions {
  /** `redis://HOST:PORT` */
  queue: string;
  /** Parts crawled at once; 1 by default. Each has the crawl's own concurrency of requests. */
  concurrency?: number;
  /** Once aborted, the shards in flight are finished, their parts given back, and the worker ends. */
  signal: AbortSignal;
  /**
   * After the signal; 60,000 by default. What takes longer is given back as it is: nothing of it is committed any more, though this process may
   * be at it until it ends.
   */
  graceMillis?: number;
  /** Until parts and hosts of a silent worker go to others; 30,000 by default. */
  lockMillis?: number;
  /** Told of every part that begins, ends or fails. */
  onEvent?: (sentence: string) => void;
}

/** Takes parts of crawls from the queue until it is told to stop. @returns the parts that it finished */
export async function runCrawlWorker(options: CrawlWorkerOptions): Promise<number> {
  const { queue, concurrency = 1, signal, graceMillis, lockMillis = LOCK_MILLIS, onEvent } = options;
  const redis = new Redis(redisOptions(queue));
  redis.on('error', () => {}); // it is reconnected to for ever; what waits for it waits
  const sharedHosts = new RedisHosts(redis, lockMillis);
  const earlierCrawls = new EarlierCrawls();
  const networks = new KeptNetworks();
  const underWay = new Map<string, { stop: AbortController; giveBack: () => Promise<unknown> }>();
  let finished = 0;

  const worker = new Worker<CrawlTask, CrawledPart>(
    QUEUE_NAME,
    async (job, token) => {
      const stop = new AbortController();
      underWay.set(job.id!, { stop, giveBack: () => job.moveToWait(token).catch(() => {}) });
      if (signal.aborted) stop.abort();
      try {
        return await runCrawlTask(job.data, {
          sharedHosts,
          earlierCrawls,
          networks,
          // What it has fetched while it was cut off may be no more than its own silence.
          beforeCommit: async () => {
            if ((await job.extendLock(token!, lockMillis)) !== 1) throw new Error(`${job.id} was taken over by another worker.`);
          },
          signal: stop.signal,
          onProgress: throttled((progress) => void job.updateProgress({ ...progress }).catch(() => {})),
        });
      } catch (error) {
        if (error instanceof Interrupted) {
          await job.moveToWait(token);
          throw new WaitingError();
        }
        throw asJobError(error);
      } finally {
        underWay.delete(job.id!);
      }
    },
    { ...workerSettings(queue, lockMillis), concurrency },
  );
  worker.on('active', ({ id }) => onEvent?.(`${id} begins`));
  worker.on('completed', ({ id }, { summary }) => {
    finished += 1;
    onEvent?.(`${id} has ${summary?.candidates ?? 0} pictures`);
  });
  worker.on('failed', (job, { message }) => onEvent?.(`${job?.id ?? 'a part'} failed: ${message}`));
  // somebody else has them now
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => underWay.get(id)?.stop.abort()));
  worker.on('error', () => {}); // Redis is gone for a while

  await workUntil(signal, worker, {
    graceMillis,
    onStop: () => underWay.forEach(({ stop }) => stop.abort()),
    giveBack: () => Promise.all([...underWay.values()].map(({ giveBack }) => giveBack())),
  });
  sharedHosts.close();
  await Promise.all([earlierCrawls.close(), networks.close()]);
  redis.disconnect();
  return finished;
}

/** Calls at most once in a while, with the newest. */
function throttled(report: (progress: PartProgress) => void): (progress: PartProgress) => void {
  let next = 0;
  return (progress) => {
    const now = performance.now();
    if (now < next) return;
    next = now + PROGRESS_MILLIS;
    report(progress);
  };
}
