import { rm } from 'node:fs/promises';
import { UserError } from '@wenlan/shards';
import type { DeltaTable } from './delta-table.ts';
import { FrontierTables } from './frontier-tables.ts';
import type { Count, Failure, FinishedPage, FrontierState, PictureRecord, QueuedPage, SourceState } from './frontier-state.ts';
import type { StoredResponse } from '../refresh/stored-response.ts';
import { emptyState } from './frontier-state.ts';
import { urlKey } from './url-key.ts';

/** More than this in memory is written between two shards, so that memory doesn't grow with the number of links. */
const MAX_DELTA_ENTRIES = 50_000;
/** As many as are read ahead, so that the rest may still be overtaken. */
const MAX_LATER_AT_ONCE = 16;
/** Each may hold what a whole page gave. */
const MAX_DELTA_RESPONSES = 4_000;

export interface FrontierOptions {
  /** Of the recipe that the crawl is run with. */
  recipeHash: string;
  sources: number;
  /** Rows that lie in committed shards. */
  rowsCommitted: number;
  /** Pages of one host that a source may queue; no limit by default. */
  maxPagesPerHost?: number;
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
  readonly #tables: FrontierTables;
  readonly #maxPagesPerHost: number;
  #committed: FrontierState;
  #current: FrontierState;
  #isPrepared = false;
  #isSpilled = false;

  private constructor(folder: string, { recipeHash, sources, maxPagesPerHost = Infinity }: FrontierOptions) {
    this.#folder = folder;
    this.#tables = new FrontierTables(folder);
    this.#maxPagesPerHost = maxPagesPerHost;
    this.#committed = emptyState(recipeHash, sources);
    this.#current = emptyState(recipeHash, sources);
  }

  /**
   * Opens the frontier of a dataset at the place where its last shard ended, or a new one.
   * @throws UserError FRONTIER_MISSING if the dataset has rows that the frontier doesn't know of
   */
  static async open(folder: string, options: FrontierOptions): Promise<Frontier> {
    const frontier = new Frontier(folder, options);
    try {
      frontier.#load(options.recipeHash, options.rowsCommitted);
    } catch (error) {
      await frontier.close();
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
    const page = this.#tables.queue.get(pageKey(source, sequence));
    if (page === undefined) throw new Error(`Page ${sequence} of source ${source} is not in the frontier.`);
    return page;
  }

  /**
   * Queues a page unless it was seen or the source has as many as it may, in all or of this host.
   * @param isLater it waits until no others are left, see {@link queueLater}
   */
  enqueue(source: number, page: QueuedPage, maxPages: number, isLater = false): void {
    const state = this.#current.sources[source]!;
    const key = `${source}/${urlKey(page.url)}`;
    if (state.tail >= maxPages || this.#tables.seen.has(key) || !this.#countOfHost(source, page.url)) return;
    this.#tables.seen.put(key, this.#current.tick);
    if (isLater) {
      this.#tables.later.put(pageKey(source, state.laterTail), page);
      state.laterTail += 1;
    } else {
      this.#tables.queue.put(pageKey(source, state.tail), page);
      state.tail += 1;
    }
  }

  /** Queues some of the pages that have waited, if no others are left. */
  queueLater(source: number, maxPages: number): void {
    const state = this.#current.sources[source]!;
    if (state.head < state.tail) return;
    for (let moved = 0; moved < MAX_LATER_AT_ONCE && state.laterHead < state.laterTail && state.tail < maxPages; moved += 1) {
      this.#tables.queue.put(pageKey(source, state.tail), this.#tables.later.get(pageKey(source, state.laterHead))!);
      state.tail += 1;
      state.laterHead += 1;
    }
  }

  /** Pictures of a concept that a source has. */
  conceptCount(source: number, concept: string): number {
    return this.#tables.concepts.get(conceptKey(source, concept))?.count ?? 0;
  }

  /** Counts a picture of a concept. */
  countConcept(source: number, concept: string): void {
    this.#increment(this.#tables.concepts, conceptKey(source, concept));
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
    return this.#tables.rows.has(id);
  }

  addRow(id: string): void {
    this.#tables.rows.put(id, this.#current.rows);
    this.#current.rows += 1;
  }

  picture(key: string): PictureRecord | undefined {
    return this.#tables.pictures.get(key);
  }

  /** Remembers what became of a picture; its row must be the next to be added. */
  addPicture(key: string, record: Omit<PictureRecord, 'row'>): void {
    this.#tables.pictures.put(key, { ...record, row: this.#current.rows });
  }

  /** Remembers that a page or picture failed; counts once. */
  addFailure(url: string, outcome: string): void {
    const key = urlKey(url);
    if (!this.#tables.failures.has(key))
      this.#tables.failures.put(key, { tick: this.#current.tick, host: new URL(url).hostname, outcome });
  }

  /** Remembers what the next crawl has to know to ask only for what has changed. */
  addResponse(response: StoredResponse): void {
    this.#tables.responses.put(response.key, { ...response, tick: this.#current.tick });
  }

  /** In the order of their keys, once everything is written. */
  *responses(): Generator<StoredResponse> {
    for (const { tick: _, ...response } of this.#tables.responses.values()) yield response;
  }

  /** Ends the first page of a source's queue. */
  finishPage(source: number, { outcome, cost, rows, outcomes, failedSeed }: FinishedPage): void {
    const state = this.#current.sources[source]!;
    this.#tables.queue.forget(pageKey(source, state.head));
    state.head += 1;
    // Pages of files are never queued.
    state.tail = Math.max(state.tail, state.head);
    state.virtualTime += cost;
    state.rows += rows;
    for (const [kind, count] of Object.entries(outcomes)) state.outcomes[kind] = (state.outcomes[kind] ?? 0) + count;
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
    this.#tables.transact(() => {
      this.#removeFinished();
      this.#tables.flush();
      if (this.#isSpilled) this.#tables.states.remove('spilled');
      const current = structuredClone(this.#current);
      this.#tables.states.put('committed', this.#committed);
      this.#tables.states.put('prepared', current);
      this.#tables.states.flush();
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
    return this.#tables.failures.values();
  }

  /** Drops what was not prepared. */
  async close(): Promise<void> {
    await this.#tables.close();
  }

  #load(recipeHash: string, rowsCommitted: number): void {
    const states = [this.#tables.states.get('prepared'), this.#tables.states.get('committed')];
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
    this.#tables.transact(() => {
      if (state === undefined) this.#tables.clear();
      else if (state !== states[0] || this.#tables.states.has('spilled')) this.#tables.takeBack(this.#current);
    });
  }

  /** Counts a page of a host. @returns false if there are as many as may be */
  #countOfHost(source: number, url: string): boolean {
    if (this.#maxPagesPerHost === Infinity) return true;
    const key = `${source}/${new URL(url).host}`;
    if ((this.#tables.hosts.get(key)?.count ?? 0) >= this.#maxPagesPerHost) return false;
    this.#increment(this.#tables.hosts, key);
    return true;
  }

  #increment(counts: DeltaTable<Count>, key: string): void {
    const known = counts.get(key) ?? { count: 0, before: 0, since: 0 };
    const since = this.#committed.tick;
    counts.put(key, { count: known.count + 1, before: known.since === since ? known.before : known.count, since });
  }

  #spill(): void {
    if (this.#tables.deltaSize < MAX_DELTA_ENTRIES && this.#tables.responses.deltaSize < MAX_DELTA_RESPONSES) return;
    this.#tables.transact(() => {
      this.#tables.flush();
      if (this.#isSpilled) return;
      this.#tables.states.put('spilled', this.#committed);
      this.#tables.states.flush();
    });
    this.#isSpilled = true;
  }

  /** Pages that were finished before the last committed shard ended are never read again. */
  #removeFinished(): void {
    for (const [source, state] of this.#committed.sources.entries()) {
      for (; state.removed < state.head; state.removed += 1) this.#tables.queue.remove(pageKey(source, state.removed));
      this.#current.sources[source]!.removed = state.removed;
    }
  }
}

/** Concepts may be longer than a key of LMDB. */
const conceptKey = (source: number, concept: string): string => `${source}/${urlKey(`concept:${concept}`)}`;

const pageKey = (source: number, sequence: number): string => `${source}/${sequence}`;
