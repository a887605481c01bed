import { blockOf, countBits, HASH_WORDS, planHamming } from './hamming-plan.ts';
import type { Block, HammingPlan } from './hamming-plan.ts';
import type { ReduceTask } from './reduction.ts';

/**
 * Calls `visit` for the pairs of hashes within the plan's distance that the task finds; over all tasks once for every pair.
 * @param partitions [hashes, 3] each
 * @param visit of two items, left < right, and their distance
 */
export function forEachHammingPair(
  plan: HammingPlan,
  task: ReduceTask,
  partitions: readonly Uint32Array[],
  visit: (left: number, right: number, distance: number) => void,
): void {
  if (partitions.some(({ length }) => length === 0)) return;
  const { blocks, prefixBits, radius, maxDistance } = plan;
  const [first, second = first] = task as [number, number?];
  const index = first >>> prefixBits;
  const block = blocks[index]!;
  const suffix: Block = { start: block.start, width: block.width - prefixBits };
  const masks = masksUpTo(suffix.width, radius - countBits(first ^ second));
  const table = sortByBucket(partitions[0]!, suffix);
  // In the order of the table, so that the buckets that are looked up lie near those of the hash before.
  const probes = first === second ? table.records : sortByBucket(partitions[1]!, suffix).records;
  const { starts, records } = table;
  for (let probe = 0; probe < probes.length; probe += HASH_WORDS) {
    const low = probes[probe]!;
    const high = probes[probe + 1]!;
    const value = blockOf(low, high, suffix);
    for (let mask = 0; mask < masks.length; mask += 1) {
      const bucket = value ^ masks[mask]!;
      const end = starts[bucket + 1]!;
      for (let at = starts[bucket]!; at < end; at += HASH_WORDS) {
        const lowDifference = low ^ records[at]!;
        const highDifference = high ^ records[at + 1]!;
        const distance = countBits(lowDifference) + countBits(highDifference);
        if (distance > maxDistance) continue;
        const item = probes[probe + 2]!;
        const other = records[at + 2]!;
        // Inside of a partition each pair is seen from both sides.
        if (first === second && other >= item) continue;
        // Met already where an earlier block agrees as well.
        const met = blocks
          .slice(0, index)
          .some((earlier) => countBits(blockOf(lowDifference, highDifference, earlier)) <= radius);
        if (!met) visit(Math.min(item, other), Math.max(item, other), distance);
      }
    }
  }
}

/** Hashes, held in memory, among which those near another are looked up. */
export class HammingIndex {
  readonly #plan: HammingPlan;
  readonly #blocks: { block: Block; masks: Uint32Array; table: ReturnType<typeof sortByBucket> }[];

  constructor(hashes: readonly bigint[], maxDistance: number) {
    this.#plan = planHamming(hashes.length, maxDistance, null);
    const records = new Uint32Array(hashes.length * HASH_WORDS);
    for (const [index, hash] of hashes.entries())
      records.set([Number(hash & 0xffff_ffffn), Number(hash >> 32n), index], index * HASH_WORDS);
    this.#blocks = this.#plan.blocks.map((block) => ({
      block,
      masks: masksUpTo(block.width, this.#plan.radius),
      table: sortByBucket(records, block),
    }));
  }

  /** Whether a hash near this one is what is looked for. @param accept may be asked twice for one hash @param low bits 0..31 */
  some(low: number, high: number, accept: (index: number) => boolean): boolean {
    for (const { block, masks, table } of this.#blocks) {
      const value = blockOf(low, high, block);
      for (const mask of masks) {
        const bucket = value ^ mask;
        for (let at = table.starts[bucket]!; at < table.starts[bucket + 1]!; at += HASH_WORDS) {
          const distance = countBits(low ^ table.records[at]!) + countBits(high ^ table.records[at + 1]!);
          if (distance <= this.#plan.maxDistance && accept(table.records[at + 2]!)) return true;
        }
      }
    }
    return false;
  }
}

function masksUpTo(width: number, radius: number): Uint32Array {
  const masks = [0];
  if (radius >= 1) for (let first = 0; first < width; first += 1) masks.push(1 << first);
  if (radius >= 2)
    for (let first = 0; first < width; first += 1)
      for (let second = 0; second < first; second += 1) masks.push((1 << first) | (1 << second));
  return Uint32Array.from(masks);
}

/** The hashes sorted by the value of a block, and where those of each value begin. */
function sortByBucket(hashes: Uint32Array, block: Block): { starts: Uint32Array; records: Uint32Array } {
  const starts = new Uint32Array(2 ** block.width + 1);
  for (let at = 0; at < hashes.length; at += HASH_WORDS) {
    starts[blockOf(hashes[at]!, hashes[at + 1]!, block) + 1]! += HASH_WORDS;
  }
  for (let bucket = 1; bucket < starts.length; bucket += 1) starts[bucket]! += starts[bucket - 1]!;
  const next = starts.slice();
  const records = new Uint32Array(hashes.length);
  for (let at = 0; at < hashes.length; at += HASH_WORDS) {
    const bucket = blockOf(hashes[at]!, hashes[at + 1]!, block);
    const to = next[bucket]!;
    records[to] = hashes[at]!;
    records[to + 1] = hashes[at + 1]!;
    records[to + 2] = hashes[at + 2]!;
    next[bucket] = to + HASH_WORDS;
  }
  return { starts, records };
}
