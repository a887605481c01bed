import { totalmem } from 'node:os';
import { UserError } from '@wenlan/shards';
import type { ResolvedTrainConfig } from './train-config.ts';

const BYTES_PER_GIB = 2 ** 30;
/** What TensorFlow says where it can't allocate. */
const ALLOCATION = /OOM when allocating tensor with shape\[([\d,]*)\]/;
const BYTES_PER_VALUE = 4;

/**
 * Takes a step; where TensorFlow can't allocate a tensor, says in a sentence what to lower.
 * (Where the kernel has promised more memory than there is, it kills the process instead, which nothing can catch.)
 * @throws UserError when memory ran out
 */
export async function explainOutOfMemory<T>(
  step: number,
  config: ResolvedTrainConfig,
  take: () => Promise<T>,
  ranks = 1,
): Promise<T> {
  try {
    return await take();
  } catch (cause) {
    const shape = ALLOCATION.exec((cause as Error).message)?.[1]
      ?.split(',')
      .map(Number);
    if (shape === undefined) throw cause;
    const wanted = gib(shape.reduce((count, size) => count * size, BYTES_PER_VALUE));
    const held = `the process holds ${gib(process.memoryUsage.rss())} of ${gib(totalmem())} GiB`;
    throw new UserError(
      'OUT_OF_MEMORY',
      `Memory ran out in step ${step}: ${wanted} GiB for a tensor of [${shape.join(', ')}] can't be had (${held}); ${memoryMend(config, ranks)}.`,
      { cause },
    );
  }
}

function gib(bytes: number): string {
  return (bytes / BYTES_PER_GIB).toFixed(1);
}

/** What makes a step take less memory, nearest first. @param ranks that share the batch */
export function memoryMend(
  { batchSize, microBatchSize, objective, gradientCheckpointing }: ResolvedTrainConfig,
  ranks = 1,
): string {
  const share = batchSize / ranks;
  const atOnce = microBatchSize ?? share;
  const divisor = Array.from({ length: atOnce }, (_, index) => index + 1).findLast((size) => size < atOnce && share % size === 0);
  const mends = [
    ...(gradientCheckpointing === true ? [] : ['set train.gradientCheckpointing to true']),
    ...(objective === undefined && divisor !== undefined ? [`set train.microBatchSize to ${divisor} or less`] : []),
    `lower train.batchSize (${batchSize})`,
  ];
  return `${mends.slice(0, -1).join(', ')}${mends.length > 1 ? ', or ' : ''}${mends.at(-1)!}`;
}
