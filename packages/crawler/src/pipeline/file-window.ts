import type { FileSource } from '../sources/file-source.ts';
import type { ReadPage } from './read-page.ts';

export interface FileWindowOptions {
  source: FileSource;
  /** Pages that are finished already, and are passed over. */
  skip: number;
  /** Pages in all, those passed over included. */
  maxPages: number;
  /** Pages read ahead of their turn. */
  ahead: number;
  /** Told of every page when it is read. @param sequence its number in the source */
  onRead: (page: ReadPage, sequence: number) => void;
}

/** The next pages of a source of files, so many read ahead of their turn. */
export class FileWindow {
  readonly #options: FileWindowOptions;
  readonly #pages: AsyncGenerator<ReadPage, void, undefined>;
  readonly #held: ReadPage[] = [];
  #read = 0;
  #isDone = false;
  #filling: Promise<void> | null = null;

  constructor(options: FileWindowOptions) {
    this.#options = options;
    this.#pages = options.source.pages();
  }

  /** Whether a page can be taken, once {@link ready} has waited for it. */
  get hasMore(): boolean {
    return this.#held.length > 0;
  }

  /** Waits until there is a page to take, or none is left. @throws what reading the files throws */
  async ready(): Promise<void> {
    this.#fill();
    while (this.#held.length === 0 && this.#filling !== null) {
      await this.#filling;
      this.#fill();
    }
  }

  /** Takes the next page. */
  take(): ReadPage {
    const page = this.#held.shift()!;
    this.#fill();
    return page;
  }

  /** Gives up what is still to be read. */
  async close(): Promise<void> {
    this.#isDone = true;
    await this.#filling?.catch(() => {});
    await this.#pages.return();
  }

  #fill(): void {
    if (this.#filling !== null || this.#isDone || this.#held.length >= this.#options.ahead) return;
    this.#filling = this.#next().finally(() => {
      this.#filling = null;
      this.#fill();
    });
    // Whoever waits for the next page sees the error.
    this.#filling.catch(() => {});
  }

  async #next(): Promise<void> {
    const { skip, maxPages, onRead } = this.#options;
    const next = this.#read >= maxPages ? { done: true as const } : await this.#pages.next();
    if (next.done === true) {
      this.#isDone = true;
      return;
    }
    this.#read += 1;
    if (this.#read <= skip) return;
    onRead(next.value, this.#read - 1);
    this.#held.push(next.value);
  }
}
