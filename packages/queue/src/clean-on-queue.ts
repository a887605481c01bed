import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean, type CleanOptions, type CleanSummary } from '@wenlan/cleaning';
import { datasetLocation, UserError } from '@wenlan/shards';
import { type CleanJobQueue, type CleanTask, openCleanQueue } from './clean-queue.ts';
import { checkRedis } from './redis.ts';

const POLL_MILLIS = 200;
/** Tasks in Redis at once, so that its memory doesn't grow with the dataset. */
const MAX_TASKS = 256;

/** A cleaning whose shards are measured by workers. */
export interface CleanOnQueueOptions extends Omit<CleanOptions, 'measureElsewhere' | 'detectors' | 'scorer' | 'earlier'> {
  /** `redis://HOST:PORT` */
  queue: string;
}

/**
 * Cleans as `clean` does, and to the same bytes: every shard is measured by a worker, into a file that this process reads once all
 * are there, groups and judges. Run again, it goes on, also with an empty Redis.
 * @param input location of the raw dataset, seen by all workers
 * @throws UserError QUEUE_URL, QUEUE_UNREACHABLE, QUEUE_SHARDS_FAILED; what `clean` throws
 */
export async function cleanOnQueue(input: string, options: CleanOnQueueOptions): Promise<CleanSummary> {
  const { queue: url, ...cleaning } = options;
  await checkRedis(url);
  const queue = openCleanQueue(url);
  queue.on('error', () => {}); // Redis is gone for a while
  try {
    const [from, out] = [datasetLocation(input), datasetLocation(options.out)];
    return await clean(input, {
      ...cleaning,
      measureElsewhere: (shards, onShard) => {
        const tasks = shards.map((shard) => ({ input: from, out, recipe: options.recipe, shard }));
        return finishTasks(queue, tasks, (task) => onShard(task.shard), options.signal);
      },
    });
  } finally {
    await queue.close();
  }
}

/** Puts tasks into the queue, so many at once and as often as Redis forgets them, and waits for all. */
async function finishTasks(
  queue: CleanJobQueue,
  tasks: readonly CleanTask[],
  onDone: (task: CleanTask) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = [...tasks].reverse();
  const open = new Map<string, CleanTask>();
  for (;;) {
    signal?.throwIfAborted();
    while (open.size < MAX_TASKS && waiting.length > 0) {
      const task = waiting.pop()!;
      const id = taskId(task);
      open.set(id, task);
      // What an earlier call left, done or failed, says nothing of this one.
      await queue.remove(id).catch(() => 0);
      await queue.add('shard', task, { jobId: id });
    }
    const failed: string[] = [];
    for (const [id, task] of open) {
      const job = await queue.getJob(id);
      if (job === undefined) await queue.add('shard', task, { jobId: id });
      else if (((job.returnvalue as number | null) ?? null) !== null) {
        open.delete(id);
        onDone(task);
        await job.remove();
      } else if (await job.isFailed()) failed.push(`shard ${task.shard}: ${job.failedReason}`);
    }
    if (open.size === 0 && waiting.length === 0) return;
    if (failed.length > 0 && failed.length === open.size) {
      throw new UserError(
        'QUEUE_SHARDS_FAILED',
        `${failed.length} shards of ${tasks[0]!.input} couldn't be measured, such as ${failed[0]!.replace(/\.$/, '')}; see them with \`wenlan queue failed\`, mend the cause, and run the same command again.`,
      );
    }
    await sleep(POLL_MILLIS, undefined, { signal }).catch(() => {});
  }
}

const taskId = ({ input, out, shard }: CleanTask): string =>
  `${createHash('sha256').update(`${input} ${out}`).digest('hex').slice(0, 12)}-${shard}`;
