import { setImmediate } from 'node:timers/promises';
import type { ShardDamagedError } from '../shard-damaged-error.ts';
import { AUGMENTATIONS } from '../image/image-spec.ts';
import { UserError } from '../user-error.ts';
import type { Batch, BucketBy, LoaderOptions } from './batch.ts';
import { BatchAssembler } from './batch-assembler.ts';
import { indexSplit } from './epoch-index.ts';
import type { BucketOf } from './epoch-index.ts';

/** Batches that are made while the consumer works on one. */
const PREFETCHED_BATCHES = 2;
const MAX_BOUNDS = 255;

/**
 * One epoch of a split in random order, decoded and augmented, in batches.
 * Samples, order and pixels are a pure function of the dataset, (seed, epoch), the image spec, the batch size and the
 * buckets; neither the number of workers nor `startBatch` changes them. Batch `index` of rank `rank` is batch
 * `index · worldSize + rank` of a world of one. Memory holds three batches ready and three in the making, a third of a byte
 * for each row and 16,384 rows of the order.
 * @throws UserError OPTION_INVALID, SPLIT_MISSING, SPLIT_EMPTY, SPLIT_TOO_SMALL, those of {@link readManifest}; ShardDamagedError if no shard
 * is sound
 */
export async function* loader(location: string, options: LoaderOptions): AsyncGenerator<Batch, void, undefined> {
  const { split, batchSize, startBatch = 0, dropLast = true, rank = 0, worldSize = 1, bucketBy } = options;
  checkOptions(options);
  const tell = rank === 0 ? (options.onQuarantine ?? warnOnce) : (): void => {};
  const bucketOf = bucketBy === undefined ? null : bucketsOf(bucketBy);
  const assembler = new BatchAssembler(await indexSplit(location, split, bucketOf, tell), options);
  const count = dropLast
    ? Math.floor(assembler.rows / (batchSize * worldSize))
    : Math.max(0, Math.ceil((Math.ceil(assembler.rows / batchSize) - rank) / worldSize));
  if (count === 0 && dropLast) {
    const batch = worldSize === 1 ? 'a batch' : `a batch of each of ${worldSize} ranks`;
    throw new UserError(
      'SPLIT_TOO_SMALL',
      `The split "${split}" of ${location} has ${assembler.rows} rows, fewer than the ${batchSize * worldSize} of ${batch}; lower batchSize.`,
    );
  }
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

function checkOptions({ batchSize, startBatch = 0, rank = 0, worldSize = 1, workers, bucketBy, image }: LoaderOptions): void {
  const refuse = (what: string): never => {
    throw new UserError('OPTION_INVALID', `The loader can't work with ${what}.`);
  };
  const check = (name: string, value: number, least: number): void => {
    if (!Number.isInteger(value) || value < least) refuse(`${name} ${value}; give a whole number from ${least} on`);
  };
  check('batchSize', batchSize, 1);
  check('startBatch', startBatch, 0);
  check('workers', workers, 0);
  check('worldSize', worldSize, 1);
  check('rank', rank, 0);
  check('image.side', image.side, 1);
  const { augment } = image;
  if (typeof augment === 'string' ? !Object.hasOwn(AUGMENTATIONS, augment) : typeof augment !== 'object')
    refuse(
      `image.augment ${JSON.stringify(augment)}; give one of ${Object.keys(AUGMENTATIONS).join(', ')}, or what is to be done`,
    );
  if (rank >= worldSize) refuse(`rank ${rank} in a world of ${worldSize}; ranks go from 0 to ${worldSize - 1}`);
  const bounds = bucketBy?.bounds ?? [];
  if (bounds.length > MAX_BOUNDS) refuse(`${bounds.length} bounds of buckets; give at most ${MAX_BOUNDS}`);
  if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? -Infinity))))
    refuse(`the bounds ${bounds.join(', ')} of buckets; give them in rising order`);
}

function bucketsOf({ bounds, textLength = longestText }: BucketBy): BucketOf {
  return (row) => {
    const length = textLength(row);
    const bucket = bounds.findIndex((bound) => length <= bound);
    return bucket < 0 ? bounds.length : bucket;
  };
}

const longestText: NonNullable<BucketBy['textLength']> = ({ texts }) =>
  texts.reduce((longest, { text }) => Math.max(longest, [...text].length), 0);

/** Shards that the process has warned of. */
const warned = new Set<string>();

function warnOnce({ file, message, code }: ShardDamagedError): void {
  if (warned.has(file)) return;
  warned.add(file);
  process.emitWarning(message, { code });
}
