import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { datasetLocation, PairReader, readManifest, UserError } from '@wenlan/shards';
import type { Pair, PairAddress } from '@wenlan/shards';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { urlKey } from '../frontier/url-key.ts';
import type { ResizeOptions } from '../picture/resize-picture.ts';
import { readResponses } from './response-file.ts';
import { pageResponseKey, pictureResponseKey } from './stored-response.ts';
import type { StoredResponse } from './stored-response.ts';

/** Entries of one transaction. */
const BATCH = 1_000;

type Stored<Kind extends string> = Extract<StoredResponse, Record<Kind, unknown>>;

/** The pages and pictures of a crawl that is finished, by URL, on the disk. */
export class EarlierCrawl {
  readonly #folder: string;
  readonly #root: RootDatabase;
  readonly #responses: Database<StoredResponse, string>;
  readonly #addresses: Database<PairAddress, string>;
  readonly #reader: PairReader;

  private constructor(folder: string, reader: PairReader) {
    this.#folder = folder;
    this.#reader = reader;
    this.#root = open({ path: folder, maxDbs: 2, noSync: true });
    this.#responses = this.#root.openDB({ name: 'responses' });
    this.#addresses = this.#root.openDB({ name: 'addresses' });
  }

  /**
   * @param folder for the tables, removed by {@link close}
   * @param resize of this crawl; pictures of another size aren't taken over
   * @throws UserError SINCE_STAGE, SINCE_UNFINISHED and those of `readManifest`
   */
  static async open(dataset: string, folder: string, resize: ResizeOptions | null): Promise<EarlierCrawl> {
    const { stage, complete, recipe } = await readManifest(dataset);
    if (stage !== 'crawl')
      throw new UserError('SINCE_STAGE', `${dataset} is of the stage ${stage}; name a dataset that a crawl wrote.`);
    if (!complete)
      throw new UserError('SINCE_UNFINISHED', `The crawl of ${dataset} isn't finished; run its command again first.`);
    await rm(folder, { recursive: true, force: true });
    const earlier = new EarlierCrawl(folder, await PairReader.open(dataset));
    const isSameSize = isDeepStrictEqual((recipe as { resize?: unknown }).resize ?? null, resize);
    await earlier.#load(datasetLocation(dataset), isSameSize);
    return earlier;
  }

  page(url: string): Stored<'page'> | null {
    return (this.#responses.get(pageResponseKey(urlKey(url))) as Stored<'page'> | undefined) ?? null;
  }

  picture(url: URL): (Stored<'picture'> & { row: () => Promise<Pair | null> }) | null {
    const key = urlKey(url.href);
    const address = this.#addresses.get(key);
    const stored = this.#responses.get(pictureResponseKey(key)) as Stored<'picture'> | undefined;
    if (address === undefined || stored === undefined) return null;
    return { ...stored, row: () => this.#row(address) };
  }

  async close(): Promise<void> {
    await this.#root.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Null where its picture was forgotten since. */
  async #row(address: PairAddress): Promise<Pair | null> {
    const row = await this.#reader.readPair(address);
    const image = await this.#reader.readImage(address);
    return image === null ? null : { ...row, image };
  }

  async #load(dataset: string, takesPictures: boolean): Promise<void> {
    let entries: [Database<unknown, string>, string, unknown][] = [];
    const flush = (): void => {
      this.#root.transactionSync(() => {
        for (const [table, key, value] of entries) table.putSync(key, value);
      });
      entries = [];
    };
    for await (const response of readResponses(dataset)) {
      entries.push([this.#responses, response.key, response]);
      if (entries.length >= BATCH) flush();
    }
    if (takesPictures) {
      for await (const { shard, batch, rows } of this.#reader.scan(['imageUrl', 'outcome'])) {
        for (const [row, { imageUrl, outcome }] of rows.entries()) {
          if (outcome === 'ok' && imageUrl !== null) entries.push([this.#addresses, urlKey(imageUrl), { shard, batch, row }]);
        }
        if (entries.length >= BATCH) flush();
      }
    }
    flush();
  }
}
