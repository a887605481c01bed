import { open } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { DeltaTable } from './delta-table.ts';
import type { Count, Failure, FrontierState, PictureRecord, QueuedPage } from './frontier-state.ts';
import type { StoredResponse } from '../refresh/stored-response.ts';
import { transact } from './transact.ts';

/** The tables of a frontier in LMDB. All but the states carry where in the crawl an entry came about, so that it can be taken back. */
export class FrontierTables {
  readonly states: DeltaTable<FrontierState>;
  readonly queue: DeltaTable<QueuedPage>;
  /** Pages seen, by source and URL key: the tick at which they were. */
  readonly seen: DeltaTable<number>;
  /** Rows, by id: their number. */
  readonly rows: DeltaTable<number>;
  readonly pictures: DeltaTable<PictureRecord>;
  readonly failures: DeltaTable<Failure>;
  /** Tick at which a response came beside it. */
  readonly responses: DeltaTable<StoredResponse & { tick: number }>;
  /** Pages queued, by source and host. */
  readonly hosts: DeltaTable<Count>;
  /** Pictures by source and concept. */
  readonly concepts: DeltaTable<Count>;
  /** Pages of little use, by source and number. */
  readonly later: DeltaTable<QueuedPage>;
  readonly #folder: string;
  readonly #root: RootDatabase;
  readonly #all: readonly DeltaTable<unknown>[];

  constructor(folder: string) {
    const root = open({ path: folder, maxDbs: 12, overlappingSync: false });
    this.#folder = folder;
    this.#root = root;
    this.states = new DeltaTable(root, 'states');
    this.queue = new DeltaTable(root, 'queue');
    this.seen = new DeltaTable(root, 'seen');
    this.rows = new DeltaTable(root, 'rows');
    this.pictures = new DeltaTable(root, 'pictures');
    this.failures = new DeltaTable(root, 'failures');
    this.hosts = new DeltaTable(root, 'hosts');
    this.responses = new DeltaTable(root, 'responses');
    this.concepts = new DeltaTable(root, 'concepts');
    this.later = new DeltaTable(root, 'later');
    this.#all = [
      this.concepts,
      this.later,
      this.responses,
      this.queue,
      this.seen,
      this.rows,
      this.pictures,
      this.failures,
      this.hosts,
    ];
  }

  /** Entries that are only in memory, the states left out. */
  get deltaSize(): number {
    return this.#all.reduce((entries, table) => entries + table.deltaSize, 0);
  }

  /** @throws DiskFullError */
  transact(action: () => void): void {
    transact(this.#root, this.#folder, action);
  }

  /** Inside a transaction: writes what is in memory, the states left out. */
  flush(): void {
    for (const table of this.#all) table.flush();
  }

  /** Inside a transaction. */
  clear(): void {
    for (const table of [this.states, ...this.#all]) table.clear();
  }

  /** Inside a transaction: removes what came after a state that is gone on from. */
  takeBack(state: FrontierState): void {
    const { rows, tick } = state;
    this.seen.removeWhere((seenAt) => seenAt >= tick);
    this.rows.removeWhere((row) => row >= rows);
    this.pictures.removeWhere(({ row }) => row >= rows);
    this.responses.removeWhere((response) => response.tick >= tick);
    this.failures.removeWhere((failure) => failure.tick >= tick);
    for (const counts of [this.hosts, this.concepts]) {
      counts.updateWhere(
        ({ since }) => since >= tick,
        ({ before, since }) => ({ count: before, before, since }),
      );
    }
    this.states.remove('prepared');
    this.states.remove('spilled');
    this.states.put('committed', state);
    this.states.flush();
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}
