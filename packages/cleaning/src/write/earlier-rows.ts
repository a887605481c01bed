import { readPairs } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { KEPT_SPLITS } from '../group/assign-split.ts';

/** Walks through what an earlier cleaning of the same rows has kept, beside a walk through those rows. */
export class EarlierRows {
  readonly #splits: { rows: AsyncIterator<Pair[]>; pending: Pair[] }[];

  constructor(location: string) {
    this.#splits = KEPT_SPLITS.map((split) => ({
      rows: readPairs(location, { splits: [split] })[Symbol.asyncIterator](),
      pending: [],
    }));
  }

  /** The row of that id if it was kept; each row of the input has to be asked for, in order. */
  async take(id: string): Promise<Pair | null> {
    for (const split of this.#splits) {
      if (split.pending.length === 0) {
        const next = await split.rows.next();
        if (next.done !== true) split.pending = next.value.slice().reverse();
      }
      if (split.pending.at(-1)?.id === id) return split.pending.pop()!;
    }
    return null;
  }

  async close(): Promise<void> {
    for (const { rows } of this.#splits) await rows.return?.();
  }
}
