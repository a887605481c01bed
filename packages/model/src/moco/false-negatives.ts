import type { Provenance } from './queues.ts';

/**
 * Marks the keys that are no negatives of a sample though another sample left them: the same picture, or the same text
 * (as the idx_queue of ALBEF, Li et al. 2021). A sample's own key in the batch isn't marked: it is the positive.
 * @returns [batch, batch + queue], 1 where the key must not count
 */
export function falseNegatives(batch: readonly Provenance[], queue: readonly (Provenance | null)[]): Float32Array {
  const keys = [...batch, ...queue];
  const byId = positionsBy(keys, ({ id }) => id);
  const byText = positionsBy(keys, ({ text }) => text);
  const marks = new Float32Array(batch.length * keys.length);
  for (const [row, { id, text }] of batch.entries()) {
    for (const position of [...byId.get(id)!, ...byText.get(text)!]) {
      if (position !== row) marks[row * keys.length + position] = 1;
    }
  }
  return marks;
}

function positionsBy(keys: readonly (Provenance | null)[], property: (key: Provenance) => string): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  for (const [position, key] of keys.entries()) {
    if (key === null) continue;
    const group = positions.get(property(key));
    if (group === undefined) positions.set(property(key), [position]);
    else group.push(position);
  }
  return positions;
}
