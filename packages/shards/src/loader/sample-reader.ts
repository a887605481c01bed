import { decodeRows } from '../decode-rows.ts';
import type { PairText } from '../pair.ts';
import { ShardReader } from '../shard-reader.ts';
import type { ImageRange } from '../shard-reader.ts';

/** Enough for the shards and blocks that one window of the shuffle touches, in most datasets. */
const MAX_OPEN_SHARDS = 64;
const MAX_BLOCKS = 512;

/** Where a sample lies. The checksum tells a file from another that took its place. */
export interface SampleAddress {
  path: string;
  sha256: string;
  batch: number;
  row: number;
}

export interface Sample {
  id: string;
  texts: PairText[];
  image: Uint8Array | null;
}

interface BlockContent {
  rows: { id: string; texts: PairText[] }[];
  images: ImageRange[];
}

/** Reads single rows from anywhere in a dataset: texts a record batch at a time, which are kept, pictures one by one. */
export class SampleReader {
  readonly #shards = new LeastRecentlyUsed<Promise<ShardReader>>(MAX_OPEN_SHARDS, (reader) => {
    reader.then((shard) => shard.close()).catch(() => {});
  });
  readonly #blocks = new LeastRecentlyUsed<Promise<BlockContent>>(MAX_BLOCKS, () => {});

  async read({ path, sha256, batch, row }: SampleAddress): Promise<Sample> {
    const key = `${sha256}\n${path}`;
    const { rows, images } = await this.#blocks.get(`${key}\n${batch}`, () => this.#readBlock(key, path, batch));
    const range = images[row]!;
    const image = range === null ? null : await (await this.#shard(key, path)).readRange(range);
    return { ...rows[row]!, image };
  }

  #shard(key: string, path: string): Promise<ShardReader> {
    return this.#shards.get(key, () => ShardReader.open(path));
  }

  async #readBlock(key: string, path: string, batch: number): Promise<BlockContent> {
    const shard = await this.#shard(key, path);
    const pairs = decodeRows(await shard.readBatch(batch, ['id', 'texts']));
    return { rows: pairs.map(({ id, texts }) => ({ id, texts })), images: await shard.imageRanges(batch) };
  }
}

class LeastRecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #capacity: number;
  readonly #drop: (value: Value) => void;

  constructor(capacity: number, drop: (value: Value) => void) {
    this.#capacity = capacity;
    this.#drop = drop;
  }

  get(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#capacity) {
      const [oldest, dropped] = this.#values.entries().next().value!;
      this.#values.delete(oldest);
      this.#drop(dropped);
    }
    return value;
  }
}
