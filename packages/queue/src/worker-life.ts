import { UserError } from '@wenlan/shards';
import { UnrecoverableError, type WorkerOptions } from 'bullmq';
import { KEY_PREFIX, redisOptions } from './redis.ts';

/** The job of a worker that wasn't heard of for so long goes to another, and its requests to hosts count no more. */
export const LOCK_MILLIS = 30_000;
/** Takeovers of one job, after which it is poisoned. */
const MAX_TAKEOVERS = 3;
/** What is finished in this time after a signal is gone on with from there; the rest is left to another worker. */
const GRACE_MILLIS = 60_000;

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

/** Lets a worker work until the signal, and then finish what is in flight. @param onStop tells the jobs to end soon */
export async function workUntil(
  signal: AbortSignal,
  worker: { close(force?: boolean): Promise<void> },
  onStop: () => void = () => {},
): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  onStop();
  const force = setTimeout(() => void worker.close(true), GRACE_MILLIS);
  await worker.close();
  clearTimeout(force);
}
