import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResizeOptions } from '../picture/resize-picture.ts';
import { EarlierCrawl } from './earlier-crawl.ts';

/** Earlier crawls that are read once for several crawls of this process. */
export class EarlierCrawls {
  readonly #open = new Map<string, Promise<EarlierCrawl>>();

  /** The crawl that a dataset holds, read at the first call; nobody but {@link close} may close it. */
  open(dataset: string, resize: ResizeOptions | null): Promise<EarlierCrawl> {
    const key = JSON.stringify([dataset, resize]);
    const opening =
      this.#open.get(key) ??
      mkdtemp(join(tmpdir(), 'wenlan-since-'))
        .then((folder) => EarlierCrawl.open(dataset, folder, resize))
        .catch((error: unknown) => {
          this.#open.delete(key);
          throw error;
        });
    this.#open.set(key, opening);
    return opening;
  }

  /** Closes every crawl that was opened. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(async (opening) => (await opening).close()));
  }
}
