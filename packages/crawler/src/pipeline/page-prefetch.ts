import type { Frontier } from '../frontier/frontier.ts';
import type { QueuedPage } from '../frontier/frontier-state.ts';
import type { ReadPage } from './read-page.ts';

/** @param order place in which it was asked for */
export type GetPage = (source: number, page: QueuedPage, order: number) => Promise<ReadPage>;

export interface TakenPage {
  queued: QueuedPage;
  page: ReadPage;
  order: number;
}

interface InFlight extends Omit<TakenPage, 'page'> {
  page: Promise<ReadPage>;
}

/**
 * Pages asked for ahead of their turn: of every source those at the front of its queue. Which are asked for early has no effect
 * on what is written, since pages are finished in the order of the frontier.
 */
export class PagePrefetch {
  readonly #inFlight = new Map<string, InFlight>();
  readonly #frontier: Frontier;
  readonly #get: GetPage;
  readonly #pagesAhead: number;
  #order = 0;

  /** @param pagesAhead of every source */
  constructor(frontier: Frontier, get: GetPage, pagesAhead: number) {
    this.#frontier = frontier;
    this.#get = get;
    this.#pagesAhead = pagesAhead;
  }

  /** Asks for what is near its turn, the pages of all sources in turn. */
  fill(): void {
    for (let ahead = 0; ahead < this.#pagesAhead; ahead += 1) {
      for (const [source, { head, tail }] of this.#frontier.sources.entries()) {
        if (head + ahead < tail) this.#start(source, head + ahead);
      }
    }
  }

  /** Waits for the first page of a source's queue. */
  async take(source: number): Promise<TakenPage> {
    const { head } = this.#frontier.sources[source]!;
    const inFlight = this.#start(source, head);
    const page = await inFlight.page;
    this.#inFlight.delete(`${source}/${head}`);
    return { ...inFlight, page };
  }

  #start(source: number, sequence: number): InFlight {
    const key = `${source}/${sequence}`;
    let inFlight = this.#inFlight.get(key);
    if (inFlight === undefined) {
      const queued = this.#frontier.page(source, sequence);
      const order = this.#order++;
      inFlight = { queued, order, page: this.#get(source, queued, order) };
      // Whoever takes it sees the error; a crawl that is given up leaves some that nobody takes.
      inFlight.page.catch(() => {});
      this.#inFlight.set(key, inFlight);
    }
    return inFlight;
  }
}
