import { PartitionedRecords, partitionsFor } from '../dedup/partitioned-records.ts';
import type { SpillOptions } from '../dedup/spill-file.ts';
import type { ReduceTask } from './reduction.ts';

const HASH_BITS = 64;
const MAX_RADIUS = 2;
const MAX_BLOCK_BITS = 22;
const MAX_BLOCKS = 12;
/** Low and high half of the hash, and the item. */
export const HASH_WORDS = 3;

/** Bits of a hash, from `start`. */
export interface Block {
  start: number;
  width: number;
}

/**
 * How the pairs of hashes within a Hamming distance are found without comparing all with all: two such hashes differ by at most `radius`
 * bits in one of the blocks if blocks × (radius + 1) > maxDistance, so only those that agree so far in a block are compared. No
 * pair is missed (Norouzi et al., "Fast Search in Hamming Space with Multi-Index Hashing", 2012). The hashes are in a partition
 * for each block by its first bits.
 */
export interface HammingPlan {
  maxDistance: number;
  radius: number;
  blocks: Block[];
  /** Bits of a block that name its partition. */
  prefixBits: number;
}

/** The number of blocks for which the fewest buckets and hashes are looked at, making the tables included. */
export function planHamming(count: number, maxDistance: number, spill: SpillOptions | null): HammingPlan {
  let best = { cost: Infinity, blockCount: 1, radius: 0 };
  for (let radius = 0; radius <= MAX_RADIUS; radius += 1) {
    const fewest = Math.max(Math.floor(maxDistance / (radius + 1)) + 1, Math.ceil(HASH_BITS / MAX_BLOCK_BITS));
    for (let blockCount = fewest; blockCount <= Math.max(fewest, MAX_BLOCKS); blockCount += 1) {
      const buckets = 2 ** Math.ceil(HASH_BITS / blockCount);
      const seen = neighbours(Math.ceil(HASH_BITS / blockCount), radius) * (1 + count / buckets);
      const cost = blockCount * (seen + buckets / (count + 1));
      if (cost < best.cost) best = { cost, blockCount, radius };
    }
  }
  const blocks = Array.from({ length: best.blockCount }, (_, index): Block => {
    const start = Math.floor((index * HASH_BITS) / best.blockCount);
    return { start, width: Math.floor(((index + 1) * HASH_BITS) / best.blockCount) - start };
  });
  const narrowest = Math.min(...blocks.map(({ width }) => width));
  const prefixBits = Math.min(narrowest, Math.log2(partitionsFor(count, spill)));
  return { maxDistance, radius: best.radius, blocks, prefixBits };
}

/** Number of values within `radius` bits of one value. */
const neighbours = (width: number, radius: number): number =>
  1 + (radius >= 1 ? width : 0) + (radius >= 2 ? (width * (width - 1)) / 2 : 0);

/** Hashes in the partitions of a plan. */
export class HashRecords extends PartitionedRecords {
  readonly #plan: HammingPlan;

  constructor(plan: HammingPlan, spill: SpillOptions | null) {
    super(HASH_WORDS, plan.blocks.length << plan.prefixBits, spill);
    this.#plan = plan;
  }

  override get isDivided(): boolean {
    return this.#plan.prefixBits > 0;
  }

  addHash(low: number, high: number, item: number): void {
    const { blocks, prefixBits } = this.#plan;
    for (const [index, block] of blocks.entries()) {
      const prefix = blockOf(low, high, block) >>> (block.width - prefixBits);
      this.add((index << prefixBits) | prefix, low, high, item);
    }
  }

  /** Each partition, and each two of one block whose first bits differ by no more than the radius. */
  get tasks(): ReduceTask[] {
    const { blocks, prefixBits, radius } = this.#plan;
    const tasks: ReduceTask[] = [];
    for (const index of blocks.keys()) {
      for (let second = 0; second < 1 << prefixBits; second += 1) {
        for (let first = 0; first <= second; first += 1) {
          if (countBits(first ^ second) > radius) continue;
          const base = index << prefixBits;
          tasks.push(first === second ? [base | first] : [base | first, base | second]);
        }
      }
    }
    return tasks;
  }
}

export function blockOf(low: number, high: number, { start, width }: Block): number {
  const mask = 2 ** width - 1;
  if (start >= 32) return (high >>> (start - 32)) & mask;
  if (start + width <= 32) return (low >>> start) & mask;
  return ((low >>> start) | (high << (32 - start))) & mask;
}

/** Bits set in a 32-bit number (Warren, "Hacker's Delight", figure 5-2). */
export function countBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}
