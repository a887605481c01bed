import { setImmediate } from 'node:timers/promises';
import type { Batch, LoaderOptions } from './batch.ts';
import { BatchAssembler } from './batch-assembler.ts';
import { indexSplit } from './epoch-index.ts';

/** Batches that are made while the consumer works on one. */
const PREFETCHED_BATCHES = 2;

/**
 * One epoch of a split in random order, decoded and augmented, in batches.
 * Samples, order and pixels are a pure function of the dataset, (seed, epoch), the image spec and the batch size; neither
 * the number of workers nor `startBatch` changes them. Memory holds three batches and a list of the rows.
 * @throws UserError SPLIT_MISSING, SPLIT_EMPTY, those of {@link readManifest}; ShardDamagedError if no shard is sound
 */
export async function* loader(location: string, options: LoaderOptions): AsyncGenerator<Batch, void, undefined> {
  const { split, batchSize, startBatch = 0, dropLast = true } = options;
  const onQuarantine = options.onQuarantine ?? ((error): void => process.emitWarning(error.message, { code: error.code }));
  const assembler = new BatchAssembler(await indexSplit(location, split, onQuarantine), options);
  const count = dropLast ? Math.floor(assembler.rows / batchSize) : Math.ceil(assembler.rows / batchSize);
  const ahead: Promise<Batch>[] = [];
  try {
    for (let index = startBatch; index < count; index += 1) {
      while (ahead.length <= PREFETCHED_BATCHES && index + ahead.length < count) {
        const batch = assembler.assemble(index + ahead.length);
        // Awaited in its turn; until then a failure isn't "unhandled".
        batch.catch(() => {});
        ahead.push(batch);
      }
      // A consumer that never waits for anything else would leave no turn for the messages of the workers.
      await setImmediate();
      yield await ahead.shift()!;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}
