import type { DatasetWriter, Pair } from '@wenlan/shards';
import type { Frontier } from '../frontier/frontier.ts';
import { releaseMemory } from './release-memory.ts';

/** Rows of one shard are held in memory until it is committed. */
const MAX_SHARD_BYTES = 128 * 2 ** 20;

/** Ends a shard with the page that fills it, and commits it together with the frontier that goes on from there. */
export class ShardCutter {
  readonly #writer: DatasetWriter;
  readonly #frontier: Frontier;
  readonly #maxRows: number;
  readonly #images: Uint8Array[] = [];
  readonly #beforeCommit: () => Promise<void>;
  #rows = 0;
  #bytes = 0;

  /** @param beforeCommit what it throws keeps a shard from being committed */
  constructor(writer: DatasetWriter, frontier: Frontier, maxRows: number, beforeCommit: () => Promise<void> = async () => {}) {
    this.#writer = writer;
    this.#frontier = frontier;
    this.#maxRows = maxRows;
    this.#beforeCommit = beforeCommit;
  }

  /** Rows that aren't committed. */
  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows >= this.#maxRows || this.#bytes >= MAX_SHARD_BYTES;
  }

  /** Takes the rows of a page. */
  async add(rows: readonly Pair[]): Promise<void> {
    await this.#writer.append(rows);
    this.#rows += rows.length;
    for (const { image } of rows) {
      if (image === null) continue;
      this.#bytes += image.length;
      this.#images.push(image);
    }
  }

  /** Commits what there is. @throws DiskFullError; what `beforeCommit` throws */
  async commit(): Promise<void> {
    await this.#beforeCommit();
    this.#frontier.prepare();
    await this.#writer.flush();
    this.#frontier.committed();
    releaseMemory(this.#images.splice(0));
    this.#rows = 0;
    this.#bytes = 0;
  }
}
