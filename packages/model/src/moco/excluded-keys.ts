import type { Provenance } from './queues.ts';

/**
 * Marks the keys that aren't negatives of a sample: always its own key, which is its positive; when asked for also every other key of
 * the same picture or the same text (as the idx_queue of ALBEF, Li et al. 2021), and, while it doesn't count yet, the whole queue.
 * @returns [batch, batch + queue], 1 where the key must not count as a negative
 */
export function excludedKeys(
  batch: readonly Provenance[],
  queue: readonly (Provenance | null)[],
  { maskFalseNegatives, queueCounts }: { maskFalseNegatives: boolean; queueCounts: boolean },
): Float32Array {
  const width = batch.length + queue.length;
  const marks = new Float32Array(batch.length * width);
  for (let row = 0; row < batch.length; row++) {
    marks[row * width + row] = 1;
    if (!queueCounts) marks.fill(1, row * width + batch.length, (row + 1) * width);
  }
  if (!maskFalseNegatives) return marks;
  const keys = [...batch, ...queue];
  const byId = positionsBy(keys, ({ id }) => id);
  const byText = positionsBy(keys, ({ text }) => text);
  for (const [row, { id, text }] of batch.entries()) {
    for (const position of [...byId.get(id)!, ...byText.get(text)!]) marks[row * width + position] = 1;
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
