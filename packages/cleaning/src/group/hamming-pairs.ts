const HASH_BITS = 64;
const MAX_RADIUS = 2;
const MAX_BLOCK_BITS = 22;
const MAX_BLOCKS = 12;

export interface Hashes64 {
  /** Bits 0..31 and 32..63 of each hash. */
  low: Uint32Array;
  high: Uint32Array;
}

/**
 * Calls `visit` once for every pair of hashes within a Hamming distance, without comparing all with all: two such hashes
 * differ by at most `radius` bits in one of `blocks` parts if blocks × (radius + 1) > maxDistance, so only those that agree
 * so far in a part are compared. No pair is missed (Norouzi et al., "Fast Search in Hamming Space with Multi-Index Hashing",
 * 2012).
 * @param visit of two indices, left < right, in no particular order of pairs, and their distance
 */
export function forEachHammingPair(
  hashes: Hashes64,
  maxDistance: number,
  visit: (left: number, right: number, distance: number) => void,
): void {
  const { low, high } = hashes;
  const plan = planBlocks(low.length, maxDistance);
  for (const [index, block] of plan.blocks.entries()) {
    const table = indexBlock(hashes, block);
    const masks = masksUpTo(block.width, plan.radius);
    for (let right = 0; right < low.length; right += 1) {
      const value = blockOf(low[right]!, high[right]!, block);
      for (const mask of masks) {
        const bucket = value ^ mask;
        for (let at = table.starts[bucket]!; at < table.starts[bucket + 1]!; at += 1) {
          const left = table.items[at]!;
          if (left >= right) break;
          const lowDifference = (low[left]! ^ low[right]!) >>> 0;
          const highDifference = (high[left]! ^ high[right]!) >>> 0;
          const distance = countBits(lowDifference) + countBits(highDifference);
          if (distance > maxDistance) continue;
          // Met already where an earlier block agrees as well.
          const met = plan.blocks
            .slice(0, index)
            .some((earlier) => countBits(blockOf(lowDifference, highDifference, earlier)) <= plan.radius);
          if (!met) visit(left, right, distance);
        }
      }
    }
  }
}

interface Block {
  start: number;
  width: number;
}

/** The number of blocks for which the fewest buckets and hashes are looked at, making the tables included. */
function planBlocks(count: number, maxDistance: number): { blocks: Block[]; radius: number } {
  let best = { cost: Infinity, blockCount: 1, radius: 0 };
  for (let radius = 0; radius <= MAX_RADIUS; radius += 1) {
    const fewest = Math.max(Math.floor(maxDistance / (radius + 1)) + 1, Math.ceil(HASH_BITS / MAX_BLOCK_BITS));
    for (let blockCount = fewest; blockCount <= Math.max(fewest, MAX_BLOCKS); blockCount += 1) {
      const width = Math.ceil(HASH_BITS / blockCount);
      const buckets = 2 ** width;
      const cost = blockCount * (neighbours(width, radius) * (1 + count / buckets) + buckets / (count + 1));
      if (cost < best.cost) best = { cost, blockCount, radius };
    }
  }
  const blocks: Block[] = [];
  for (let index = 0; index < best.blockCount; index += 1) {
    const start = Math.floor((index * HASH_BITS) / best.blockCount);
    blocks.push({ start, width: Math.floor(((index + 1) * HASH_BITS) / best.blockCount) - start });
  }
  return { blocks, radius: best.radius };
}

/** Number of values within `radius` bits of one value. */
const neighbours = (width: number, radius: number): number =>
  1 + (radius >= 1 ? width : 0) + (radius >= 2 ? (width * (width - 1)) / 2 : 0);

function masksUpTo(width: number, radius: number): number[] {
  const masks = [0];
  if (radius >= 1) for (let first = 0; first < width; first += 1) masks.push(1 << first);
  if (radius >= 2)
    for (let first = 0; first < width; first += 1)
      for (let second = 0; second < first; second += 1) masks.push((1 << first) | (1 << second));
  return masks;
}

/** Items by the value of a block, as one list with the start of each bucket; ascending inside a bucket. */
function indexBlock({ low, high }: Hashes64, block: Block): { starts: Uint32Array; items: Uint32Array } {
  const starts = new Uint32Array(2 ** block.width + 1);
  for (let item = 0; item < low.length; item += 1) starts[blockOf(low[item]!, high[item]!, block) + 1]! += 1;
  for (let bucket = 1; bucket < starts.length; bucket += 1) starts[bucket]! += starts[bucket - 1]!;
  const next = starts.slice();
  const items = new Uint32Array(low.length);
  for (let item = 0; item < low.length; item += 1) {
    const bucket = blockOf(low[item]!, high[item]!, block);
    items[next[bucket]!] = item;
    next[bucket]! += 1;
  }
  return { starts, items };
}

function blockOf(low: number, high: number, { start, width }: Block): number {
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
