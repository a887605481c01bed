import type { Provenance } from '../moco/queues.ts';
import { seededUniform } from '../seeded.ts';

export interface Candidates {
  /** Rows of the batch. */
  rows: Int32Array; // [batch, candidates]
  /** 0 for a pair that nothing in the batch differs from. */
  weights: Float32Array; // [batch]
}

/** For every pair, other pairs of the batch with another picture and another text, drawn by name; a few come twice where there aren't enough. */
export function negativeCandidates(pairs: readonly Provenance[], count: number, draw: readonly (string | number)[]): Candidates {
  const rows = new Int32Array(pairs.length * count);
  const weights = new Float32Array(pairs.length);
  for (const [row, own] of pairs.entries()) {
    const others = pairs
      .map(({ id, text }, index) => ({ index, differs: id !== own.id && text !== own.text }))
      .filter(({ differs }) => differs)
      .map(({ index }) => ({ index, lot: seededUniform(...draw, row, index) }))
      .sort((a, b) => a.lot - b.lot);
    if (others.length === 0) continue;
    weights[row] = 1;
    for (let slot = 0; slot < count; slot++) rows[row * count + slot] = others[slot % others.length]!.index;
  }
  return { rows, weights };
}
