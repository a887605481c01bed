import { rm } from 'node:fs/promises';
import { open } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { UserError } from '@wenlan/shards';
import { DeltaTable } from './delta-table.ts';
import type { Failure, FinishedPage, FrontierState, PictureRecord, QueuedPage, SourceState } from './frontier-state.ts';
import { emptyState } from './frontier-state.ts';
import { transact } from './transact.ts';
import { urlKey } from './url-key.ts';

/** More than this in memory is written between two shards, so that memory doesn't grow with the number of links. */
const MAX_DELTA_ENTRIES = 50_000;

export interface FrontierOptions {
  /** Of the recipe that the crawl is run with. */
  recipeHash: string;
  sources: number;
  /** Rows that lie in committed shards. */
  rowsCommitted: number;
}

/**
 * What a crawl has seen and has yet to see, in LMDB.
 *
 * Before a shard is committed, {@link prepare} writes, in one transaction, everything that its pages brought and the state that
 * holds once it is committed; the state before is kept beside it. Whichever of the two has as many rows as the dataset is the
 * one to go on from, wherever the process was killed. Everything written carries the place in the crawl where it came
 * about, so that what came after the state that is gone on from can be taken back.
 */
export class Frontier {
  readonly #folder: string;
  readonly #root: RootDatabase;
  readonly #states: DeltaTable<FrontierState>;
  readonly #queue: DeltaTable<QueuedPage>;
  /** Pages seen, by source and URL key: the tick at which they were. */
  readonly #seen: DeltaTable<number>;
  /** Rows, by id: their number. */
  readonly #rows: DeltaTable<number>;
  readonly #pictures: DeltaTable<PictureRecord>;
  readonly #failures: DeltaTable<Failure>;
  readonly #tables: readonly DeltaTable<unknown>[];
  #committed: FrontierState;
  #current: FrontierState;
  #isPrepared = false;
  #isSpilled = false;

  private constructor(folder: string, root: RootDatabase, recipeHash: string, sources: number) {
    this.#folder = folder;
    this.#root = root;
    this.#states = new DeltaTable(root, 'states');
    this.#queue = new DeltaTable(root, 'queue');
    this.#seen = new DeltaTable(root, 'seen');
    this.#rows = new DeltaTable(root, 'rows');
    this.#pictures = new DeltaTable(root, 'pictures');
    this.#failures = new DeltaTable(root, 'failures');
    this.#tables = [this.#queue, this.#seen, this.#rows, this.#pictures, this.#failures];
    this.#committed = emptyState(recipeHash, sources);
    this.#current = emptyState(recipeHash, sources);
  }

  /**
   * Opens the frontier of a dataset at the place where its last shard ended, or a new one.
   * @throws UserError FRONTIER_MISSING if the dataset has rows that the frontier doesn't know of
   */
  static async open(folder: string, { recipeHash, sources, rowsCommitted }: FrontierOptions): Promise<Frontier> {
    const root = open({ path: folder, maxDbs: 8, overlappingSync: false });
    const frontier = new Frontier(folder, root, recipeHash, sources);
    try {
      frontier.#load(recipeHash, rowsCommitted);
    } catch (error) {
      await root.close();
      throw error;
    }
    return frontier;
  }

  /** Removes the frontier of a crawl that is complete. */
  static async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Whether nothing was ever done: the seeds have to be queued. */
  get isNew(): boolean {
    return this.#current.tick === 0;
  }

  /** Rows so far, those not yet committed included. */
  get rows(): number {
    return this.#current.rows;
  }

  /** Pages finished in all sources, and one for the seeds. */
  get tick(): number {
    return this.#current.tick;
  }

  get sources(): readonly SourceState[] {
    return this.#current.sources;
  }

  /** @throws Error if the page was finished long ago */
  page(source: number, sequence: number): QueuedPage {
    const page = this.#queue.get(pageKey(source, sequence));
    if (page === undefined) throw new Error(`Page ${sequence} of source ${source} is not in the frontier.`);
    return page;
  }

  /** Queues a page unless it was seen or the source has as many as it may. */
  enqueue(source: number, page: QueuedPage, maxPages: number): void {
    const state = this.#current.sources[source]!;
    const key = `${source}/${urlKey(page.url)}`;
    if (state.tail >= maxPages || this.#seen.has(key)) return;
    this.#seen.put(key, this.#current.tick);
    this.#queue.put(pageKey(source, state.tail), page);
    state.tail += 1;
  }

  /** Says that all seeds are queued. */
  seedsQueued(): void {
    this.#current.tick += 1;
  }

  /** Also reads the pages of this host, to which a seed was redirected. */
  addHost(source: number, host: string): void {
    const { hosts } = this.#current.sources[source]!;
    if (!hosts.includes(host)) hosts.push(host);
  }

  hasRow(id: string): boolean {
    return this.#rows.has(id);
  }

  addRow(id: string): void {
    this.#rows.put(id, this.#current.rows);
    this.#current.rows += 1;
  }

  picture(key: string): PictureRecord | undefined {
    return this.#pictures.get(key);
  }

  /** Remembers what became of a picture; its row must be the next to be added. */
  addPicture(key: string, record: Omit<PictureRecord, 'row'>): void {
    this.#pictures.put(key, { ...record, row: this.#current.rows });
  }

  /** Remembers that a page or picture failed; counts once. */
  addFailure(url: string, outcome: string): void {
    const key = urlKey(url);
    if (!this.#failures.has(key)) this.#failures.put(key, { tick: this.#current.tick, host: new URL(url).hostname, outcome });
  }

  /** Ends the first page of a source's queue. */
  finishPage(source: number, { outcome, cost, rows, failedSeed }: FinishedPage): void {
    const state = this.#current.sources[source]!;
    this.#queue.forget(pageKey(source, state.head));
    state.head += 1;
    state.virtualTime += cost;
    state.rows += rows;
    state.pages[outcome] = (state.pages[outcome] ?? 0) + 1;
    state.failedSeed ??= failedSeed;
    this.#current.tick += 1;
    this.#spill();
  }

  /**
   * Writes all that is known, to be called right before the rows so far are committed.
   * @throws DiskFullError
   */
  prepare(): void {
    transact(this.#root, this.#folder, () => {
      this.#removeFinished();
      for (const table of this.#tables) table.flush();
      if (this.#isSpilled) this.#states.remove('spilled');
      const current = structuredClone(this.#current);
      this.#states.put('committed', this.#committed);
      this.#states.put('prepared', current);
      this.#states.flush();
    });
    this.#isPrepared = true;
    this.#isSpilled = false;
  }

  /** Says that the rows so far are committed. */
  committed(): void {
    if (!this.#isPrepared) throw new Error('A shard was committed that the frontier was not prepared for.');
    this.#committed = structuredClone(this.#current);
    this.#isPrepared = false;
  }

  /** What failed, once everything is written. */
  failures(): Iterable<Failure> {
    return this.#failures.values();
  }

  /** Drops what was not prepared. */
  async close(): Promise<void> {
    await this.#root.close();
  }

  #load(recipeHash: string, rowsCommitted: number): void {
    const states = [this.#states.get('prepared'), this.#states.get('committed')];
    const state = states.find((candidate) => candidate?.rows === rowsCommitted && candidate.recipeHash === recipeHash);
    if (state === undefined && rowsCommitted > 0) {
      throw new UserError(
        'FRONTIER_MISSING',
        `The crawl can't go on: ${this.#folder} doesn't know the ${rowsCommitted} rows that are committed beside it; restore it, or delete the dataset to start over.`,
      );
    }
    if (state !== undefined) {
      this.#committed = state;
      this.#current = structuredClone(state);
    }
    transact(this.#root, this.#folder, () => {
      if (state === undefined) this.#clear();
      else if (state !== states[0] || this.#states.has('spilled')) this.#takeBack();
    });
  }

  /** Removes what came after the state that is gone on from. */
  #takeBack(): void {
    const { rows, tick } = this.#current;
    this.#seen.removeWhere((seenAt) => seenAt >= tick);
    this.#rows.removeWhere((row) => row >= rows);
    this.#pictures.removeWhere(({ row }) => row >= rows);
    this.#failures.removeWhere((failure) => failure.tick >= tick);
    this.#states.remove('prepared');
    this.#states.remove('spilled');
    this.#states.put('committed', this.#current);
    this.#states.flush();
  }

  #clear(): void {
    for (const table of [this.#states, ...this.#tables]) table.clear();
  }

  #spill(): void {
    if (this.#tables.reduce((entries, table) => entries + table.deltaSize, 0) < MAX_DELTA_ENTRIES) return;
    transact(this.#root, this.#folder, () => {
      for (const table of this.#tables) table.flush();
      if (this.#isSpilled) return;
      this.#states.put('spilled', this.#committed);
      this.#states.flush();
    });
    this.#isSpilled = true;
  }

  /** Pages that were finished before the last committed shard ended are never read again. */
  #removeFinished(): void {
    for (const [source, state] of this.#committed.sources.entries()) {
      for (; state.removed < state.head; state.removed += 1) this.#queue.remove(pageKey(source, state.removed));
      this.#current.sources[source]!.removed = state.removed;
    }
  }
}

const pageKey = (source: number, sequence: number): string => `${source}/${sequence}`;
