import { decodeRows } from './decode-rows.ts';
import { emptyPair } from './empty-pair.ts';
import { datasetLocation } from './location.ts';
import { readManifest } from './manifest.ts';
import type { ShardEntry } from './manifest.ts';
import type { Pair } from './pair.ts';
import { soundShard } from './shard-checksum.ts';
import { ShardReader } from './shard-reader.ts';

/** Where a row lies in a dataset. */
export interface PairAddress {
  /** Index in the manifest's list of shards. */
  shard: number;
  /** Record batch of that shard. */
  batch: number;
  /** Row of that record batch. */
  row: number;
}

/** A record batch with the place where it lies. */
export interface AddressedRows extends Omit<PairAddress, 'row'> {
  split: string;
  rows: Pair[];
  /** Size of each row's picture; null where it has none. */
  pictureBytes: (number | null)[];
}

const ALL_BUT_IMAGE = Object.keys(emptyPair({ id: '', source: 'web', outcome: 'ok' })).filter(
  (column) => column !== 'image',
) as (keyof Pair)[];

/** Random access to the rows of a dataset as its manifest was when it was opened; holds no file open between two reads. */
export class PairReader {
  readonly #folder: string;
  readonly #shards: readonly ShardEntry[];

  private constructor(folder: string, shards: readonly ShardEntry[]) {
    this.#folder = folder;
    this.#shards = shards;
  }

  /** @throws UserError DATASET_MISSING and the others of {@link readManifest} */
  static async open(location: string): Promise<PairReader> {
    return new PairReader(datasetLocation(location), (await readManifest(location)).shards);
  }

  /**
   * Streams all rows in the order of the manifest, a record batch at a time.
   * @param columns that are read from the disk; the others come out null or empty
   * @throws ShardDamagedError
   */
  async *scan(columns: readonly (keyof Pair)[]): AsyncGenerator<AddressedRows, void, undefined> {
    for (const [shard, { split }] of this.#shards.entries()) {
      const reader = await this.#open(shard);
      try {
        for (let batch = 0; batch < reader.batchCount; batch += 1) {
          const rows = decodeRows(await reader.readBatch(batch, columns));
          const pictureBytes = (await reader.imageRanges(batch)).map((range) => range?.bytes ?? null);
          yield { shard, batch, split, rows, pictureBytes };
        }
      } finally {
        await reader.close();
      }
    }
  }

  /** Reads one row, without its picture. @throws ShardDamagedError */
  async readPair({ shard, batch, row }: PairAddress): Promise<Pair> {
    const reader = await this.#open(shard);
    try {
      return decodeRows(await reader.readBatch(batch, ALL_BUT_IMAGE), [row])[0]!;
    } finally {
      await reader.close();
    }
  }

  /** Reads the picture of one row, without its neighbours; null where there is none. @throws ShardDamagedError */
  async readImage({ shard, batch, row }: PairAddress): Promise<Uint8Array | null> {
    const reader = await this.#open(shard);
    try {
      const range = (await reader.imageRanges(batch))[row]!;
      return range === null ? null : await reader.readRange(range);
    } finally {
      await reader.close();
    }
  }

  async #open(shard: number): Promise<ShardReader> {
    return ShardReader.open(await soundShard(this.#folder, this.#shards[shard]!));
  }
}
