import { setTimeout as sleep } from 'node:timers/promises';
import type { UserError } from '@wenlan/shards';
import type { CleanJobQueue, CleanTask } from './clean-queue.ts';
import { DEFAULT_PRIORITY } from './job-queue.ts';

const POLL_MILLIS = 200;
/** Tasks in Redis at once, so that its memory doesn't grow with the dataset. */
const MAX_TASKS = 256;

export interface FinishOptions {
  signal: AbortSignal | undefined;
  /** As that of `cleanOnQueue`. */
  priority?: number | undefined;
  /** What is thrown once nothing but failed tasks is left. */
  failure: (reasons: readonly string[]) => UserError;
}

/**
 * Puts tasks into the queue, so many at once and as often as Redis forgets them, and waits for all.
 * @param tasks by the ids of their jobs
 * @param onDone called with one after the other
 */
export async function finishTasks<Task extends CleanTask>(
  queue: CleanJobQueue,
  tasks: ReadonlyMap<string, Task>,
  onDone: (task: Task, result: number | string) => Promise<void> | void,
  { signal, priority = DEFAULT_PRIORITY, failure }: FinishOptions,
): Promise<void> {
  const waiting = [...tasks].reverse();
  const open = new Map<string, Task>();
  for (;;) {
    signal?.throwIfAborted();
    while (open.size < MAX_TASKS && waiting.length > 0) {
      const [id, task] = waiting.pop()!;
      open.set(id, task);
      // What an earlier call left, done or failed, says nothing of this one.
      await queue.remove(id).catch(() => 0);
      await queue.add(kindOf(task), task, { jobId: id, priority });
    }
    const failed: string[] = [];
    for (const [id, task] of open) {
      const job = await queue.getJob(id);
      const result = (job?.returnvalue as number | string | null | undefined) ?? null;
      if (job === undefined) await queue.add(kindOf(task), task, { jobId: id, priority });
      else if (result !== null) {
        open.delete(id);
        await onDone(task, result);
        await job.remove();
      } else if (await job.isFailed())
        failed.push(`${kindOf(task)} ${'shard' in task ? task.shard : task.task}: ${job.failedReason}`);
    }
    if (open.size === 0 && waiting.length === 0) return;
    if (failed.length > 0 && failed.length === open.size) throw failure(failed);
    await sleep(POLL_MILLIS, undefined, { signal }).catch(() => {});
  }
}

const kindOf = (task: CleanTask): string => ('shard' in task ? 'shard' : 'partition');
