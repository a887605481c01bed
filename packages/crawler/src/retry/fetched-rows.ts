import { PairReader } from '@wenlan/shards';
import type { PairAddress } from '@wenlan/shards';
import { urlKey } from '../frontier/url-key.ts';
import type { FetchedPicture } from '../picture/fetch-picture.ts';

/** What of a fetched picture a row takes. */
export type PictureOfRow = Omit<FetchedPicture, 'detail' | 'validator'>;

/** The pictures of a raw dataset that another process has fetched, by URL; where they lie is kept in memory. */
export class FetchedRows {
  readonly #reader: PairReader;
  readonly #addresses = new Map<string, PairAddress>();

  private constructor(reader: PairReader) {
    this.#reader = reader;
  }

  /** @throws UserError those of `readManifest`; `ShardDamagedError` */
  static async open(location: string): Promise<FetchedRows> {
    const fetched = new FetchedRows(await PairReader.open(location));
    for await (const { shard, batch, rows } of fetched.#reader.scan(['imageUrl'])) {
      for (const [row, { imageUrl }] of rows.entries()) {
        if (imageUrl !== null) fetched.#addresses.set(urlKey(imageUrl), { shard, batch, row });
      }
    }
    return fetched;
  }

  /** @param key as `urlKey` gives it; null for one that nobody asked for */
  async picture(key: string): Promise<PictureOfRow | null> {
    const address = this.#addresses.get(key);
    if (address === undefined) return null;
    const { outcome, mime, width, height, sha256, consent, fetchedAt } = await this.#reader.readPair(address);
    const image = outcome === 'ok' ? await this.#reader.readImage(address) : null;
    return {
      outcome,
      bytes: image === null ? null : Buffer.from(image),
      mime,
      width,
      height,
      sha256,
      robots: consent?.robots ?? null,
      reservation: { directives: consent?.xRobotsTag ?? null, tdm: consent?.tdm ?? null },
      fetchedAt: fetchedAt!,
    };
  }
}
