import { describe, expect, it } from 'vitest';
import { EpochOrder } from './epoch-order.ts';

const BLOCK_ROWS = 64;

interface Distance {
  /** Mean way of a row from where it lies to where it comes, as a share of the rows; 1/3 of a uniform permutation. */
  displacement: number;
  /** Mean way in the order between two rows that lie side by side, as a share of the rows; 1/3 of a uniform permutation. */
  neighbours: number;
  /** Pairs of rows of one record batch in a batch of 256, on average. */
  blockMates: number;
}

function distanceOf(blocks: number): Distance {
  const order = new EpochOrder(new Uint32Array(blocks).fill(BLOCK_ROWS), 5, 0);
  const rows = blocks * BLOCK_ROWS;
  const slotOf = new Uint32Array(rows);
  let [displacement, mates] = [0, 0];
  let inBatch = new Map<number, number>();
  for (let slot = 0; slot < rows; slot += 1) {
    const { block, row } = order.at(slot);
    const place = block * BLOCK_ROWS + row;
    slotOf[place] = slot;
    displacement += Math.abs(slot - place);
    if (slot % 256 === 0) inBatch = new Map();
    mates += inBatch.get(block) ?? 0;
    inBatch.set(block, (inBatch.get(block) ?? 0) + 1);
  }
  expect(new Set(slotOf).size).toBe(rows);
  let neighbours = 0;
  for (let place = 1; place < rows; place += 1) neighbours += Math.abs(slotOf[place]! - slotOf[place - 1]!);
  return { displacement: displacement / rows / rows, neighbours: neighbours / rows / rows, blockMates: mates / (rows / 256) };
}

describe(EpochOrder, () => {
  // A pair of a batch of 256 is of one record batch with probability 63 in rows − 1: 32,640 pairs.
  it('is a uniform permutation up to 16,384 rows', () => {
    const { displacement, neighbours, blockMates } = distanceOf(256);
    expect(displacement).toBeCloseTo(1 / 3, 2);
    expect(neighbours).toBeCloseTo(1 / 3, 2);
    expect(Math.abs(blockMates - (32_640 * 63) / 16_383)).toBeLessThan(5);
  });

  it('of a million rows spreads a record batch over a window, and windows over the epoch, as the README says', () => {
    const { displacement, neighbours, blockMates } = distanceOf(15_625);
    expect(displacement).toBeCloseTo(1 / 3, 2);
    expect(neighbours).toBeCloseTo((63 / 64) * (16_384 / 3 / 1e6) + 1 / 64 / 3, 2);
    expect(Math.abs(blockMates - (32_640 * 63) / 16_383)).toBeLessThan(5);
  });
});
