import type { Frontier } from '../frontier/frontier.ts';
import type { QueuedPage } from '../frontier/frontier-state.ts';
import type { ReadPage } from './read-page.ts';

export interface PageWindowOptions {
  frontier: Frontier;
  read: (source: number, page: QueuedPage, order: number) => Promise<ReadPage>;
  /** Pages of one source that are asked for ahead of their turn. */
  ahead: number;
}

/** A page under way. */
export interface PageUnderWay {
  request: QueuedPage;
  order: number;
  page: Promise<ReadPage>;
}

/** The first pages of every source's queue, read at once and handed over one by one. */
export class PageWindow {
  readonly #options: PageWindowOptions;
  readonly #underWay = new Map<string, PageUnderWay>();

  constructor(options: PageWindowOptions) {
    this.#options = options;
  }

  /** Takes the first page of a source's queue. */
  take(source: number): PageUnderWay {
    this.#fill();
    const key = keyOf(source, this.#options.frontier.sources[source]!.head);
    const underWay = this.#underWay.get(key)!;
    this.#underWay.delete(key);
    return underWay;
  }

  #fill(): void {
    const { frontier, read, ahead } = this.#options;
    for (const [source, { head, tail }] of frontier.sources.entries()) {
      for (let sequence = head; sequence < Math.min(tail, head + ahead); sequence += 1) {
        const key = keyOf(source, sequence);
        if (this.#underWay.has(key)) continue;
        const request = frontier.page(source, sequence);
        // About the page's turn, if all sources cost the same.
        const order = frontier.tick + (sequence - head) * frontier.sources.length + source;
        const page = read(source, request, order);
        // Whoever takes it sees the error; a crawl that is given up leaves some that nobody takes.
        page.catch(() => {});
        this.#underWay.set(key, { request, order, page });
      }
    }
  }
}

const keyOf = (source: number, sequence: number): string => `${source}/${sequence}`;
