import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@wenlan/shards';
import { UnrecoverableError, type WorkerOptions } from 'bullmq';
import { KEY_PREFIX, redisOptions } from './redis.ts';

/** The job of a worker that wasn't heard of for so long goes to another, and its requests to hosts count no more. */
export const LOCK_MILLIS = 30_000;
/** Takeovers of one job, after which it is poisoned. */
const MAX_TAKEOVERS = 3;
/** After a signal, jobs have so long to finish what is in flight. */
export const GRACE_MILLIS = 60_000;

/** How a worker holds its jobs. @throws UserError QUEUE_URL */
export function workerSettings(queue: string, lockMillis = LOCK_MILLIS): WorkerOptions {
  return {
    connection: redisOptions(queue),
    prefix: KEY_PREFIX,
    lockDuration: lockMillis,
    stalledInterval: lockMillis / 2,
    maxStalledCount: MAX_TAKEOVERS,
  };
}

/** What a person has to mend isn't mended by trying again. */
export const asJobError = (error: unknown): unknown =>
  error instanceof UserError ? new UnrecoverableError(error.message) : error;

/** How a worker ends. */
export interface WorkerEnd {
  graceMillis: number | undefined;
  /** Tells the jobs to end soon. */
  onStop?: () => void;
  /** Gives back the jobs that didn't. */
  giveBack: () => Promise<unknown>;
}

/** Lets a worker work until the signal, and then finish what is in flight, as far as there is time. */
export async function workUntil(
  signal: AbortSignal,
  worker: { close(): Promise<void> },
  { graceMillis = GRACE_MILLIS, onStop, giveBack }: WorkerEnd,
): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  onStop?.();
  const inTime = new AbortController();
  const isClosed = await Promise.race([
    worker.close().then(() => true),
    sleep(graceMillis, false, { signal: inTime.signal }).catch(() => false),
  ]);
  inTime.abort();
  if (!isClosed) await giveBack();
}
