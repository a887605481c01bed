import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { clean, type CleanOptions, type CleanSummary } from '@wenlan/cleaning';
import { datasetLocation, UserError } from '@wenlan/shards';
import { openCleanQueue } from './clean-queue.ts';
import { finishTasks } from './finish-tasks.ts';
import { checkRedis } from './redis.ts';

/** A cleaning that is done by workers. */
export interface CleanOnQueueOptions extends Omit<
  CleanOptions,
  'measureElsewhere' | 'reduceElsewhere' | 'detectors' | 'scorer' | 'earlier'
> {
  /** `redis://HOST:PORT` */
  queue: string;
  /** Of several crawls or cleanings that wait for workers, those with the lowest number go first; 10 by default, at least 1. */
  priority?: number | undefined;
}

/**
 * Cleans as `clean` does, and to the same bytes: every shard is measured by a worker, into a file that this process reads once all
 * are there; partitions of what is grouped are reduced by workers, and this process unites what they found and judges. Run again, it goes on, also with an empty Redis.
 * @param input location of the raw dataset, seen by all workers
 * @throws UserError QUEUE_URL, QUEUE_UNREACHABLE, QUEUE_SHARDS_FAILED, QUEUE_PARTITIONS_FAILED; what `clean` throws
 */
export async function cleanOnQueue(input: string, options: CleanOnQueueOptions): Promise<CleanSummary> {
  const { queue: url, priority, ...cleaning } = options;
  await checkRedis(url);
  const queue = openCleanQueue(url);
  queue.on('error', () => {}); // Redis is gone for a while
  try {
    const [from, out] = [datasetLocation(input), datasetLocation(options.out)];
    const { signal } = options;
    return await clean(input, {
      ...cleaning,
      measureElsewhere: async (shards, onShard) => {
        const id = createHash('sha256').update(`${from} ${out}`).digest('hex').slice(0, 12);
        const tasks = new Map(
          shards.map((shard) => [`${id}-${shard}`, { input: from, out, recipe: options.recipe, shard }] as const),
        );
        await finishTasks(queue, tasks, ({ shard }) => onShard(shard), {
          signal,
          priority,
          failure: (reasons) => new UserError('QUEUE_SHARDS_FAILED', sentence(`shards of ${from} couldn't be measured`, reasons)),
        });
      },
      reduceElsewhere: async (location, numbers, onTask) => {
        const id = basename(location);
        const tasks = new Map(numbers.map((task) => [`${id}-${task}`, { location, task }] as const));
        await finishTasks(queue, tasks, ({ task }, result) => onTask(task, String(result)), {
          signal,
          priority,
          failure: (reasons) => partitionsFailed(out, reasons),
        });
      },
    });
  } finally {
    await queue.close();
  }
}

/** What is said of partitions that no worker could reduce. */
export const partitionsFailed = (out: string, reasons: readonly string[]): UserError =>
  new UserError('QUEUE_PARTITIONS_FAILED', sentence(`partitions of ${out} couldn't be reduced`, reasons));

const sentence = (what: string, reasons: readonly string[]): string =>
  `${reasons.length} ${what}, such as ${reasons[0]!.replace(/\.$/, '')}; see them with \`wenlan queue failed\`, mend the cause, and run the same command again.`;
