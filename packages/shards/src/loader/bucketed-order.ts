import { permutation } from '../random.ts';
import type { Random } from '../random.ts';
import type { Buckets, Position } from './epoch-order.ts';

/**
 * Orders the rows of a window so that nearly every batch that lies in it is of one bucket, in random order of batches.
 * What doesn't fill a batch of its bucket comes together, sorted by bucket, in mixed batches and where a batch reaches past
 * the window: at most as many rows as a batch for each bucket, and one batch more.
 * @param shuffled the rows, in random order
 * @param firstSlot where the window begins in the epoch, whose batches begin at multiples of their size
 */
export function bucketedOrder(
  shuffled: readonly Position[],
  firstSlot: number,
  { batchSize, bucketOf }: Buckets,
  random: Random,
): Position[] {
  const head = Math.min((batchSize - (firstSlot % batchSize)) % batchSize, shuffled.length);
  const batchCount = Math.floor((shuffled.length - head) / batchSize);
  const byBucket = new Map<number, Position[]>();
  for (const position of shuffled) {
    const bucket = bucketOf(position);
    const rows = byBucket.get(bucket);
    if (rows === undefined) byBucket.set(bucket, [position]);
    else rows.push(position);
  }
  const batches: Position[][] = [];
  const rest: Position[] = [];
  for (const bucket of [...byBucket.keys()].sort((left, right) => left - right)) {
    const rows = byBucket.get(bucket)!;
    const whole = Math.min(Math.floor(rows.length / batchSize), batchCount - batches.length);
    for (let batch = 0; batch < whole; batch += 1) batches.push(rows.slice(batch * batchSize, (batch + 1) * batchSize));
    rest.push(...rows.slice(whole * batchSize));
  }
  const first = rest.splice(0, head);
  while (batches.length < batchCount) batches.push(rest.splice(0, batchSize));
  return [...first, ...[...permutation(batches.length, random)].flatMap((batch) => batches[batch]!), ...rest];
}
