import { decodeRows } from '../decode-rows.ts';
import { boxShares } from '../image/move-boxes.ts';
import type { PairText } from '../pair.ts';
import type { SoundShard } from '../shard-checksum.ts';
import { ShardReader } from '../shard-reader.ts';
import type { ImageRange } from '../shard-reader.ts';

/** Enough for the shards and blocks that one window of the shuffle touches, in most datasets. */
const MAX_OPEN_SHARDS = 64;
const MAX_BLOCKS = 512;

/** Where a sample lies. */
export interface SampleAddress {
  shard: SoundShard;
  batch: number;
  /** Among the record batch's rows whose outcome is `ok`. */
  row: number;
}

export interface Sample {
  id: string;
  texts: PairText[];
  image: Uint8Array | null;
  /** In shares of the picture's sides. */
  boxes: Float32Array | null; // [boxes, 4]
}

interface BlockContent {
  rows: Omit<Sample, 'image'>[];
  images: ImageRange[];
}

/** Reads single rows from anywhere in a dataset: texts a record batch at a time, which are kept, pictures one by one. */
export class SampleReader {
  readonly #shards = new LeastRecentlyUsed<Promise<ShardReader>>(MAX_OPEN_SHARDS, (reader) => {
    reader.then((shard) => shard.close()).catch(() => {});
  });
  readonly #blocks = new LeastRecentlyUsed<Promise<BlockContent>>(MAX_BLOCKS, () => {});

  /** @throws ShardDamagedError */
  async read({ shard, batch, row }: SampleAddress): Promise<Sample> {
    const { rows, images } = await this.#blocks.get(`${keyOf(shard)}\n${batch}`, () => this.#readBlock(shard, batch));
    const range = images[row]!;
    const image = range === null ? null : await (await this.#open(shard)).readRange(range);
    return { ...rows[row]!, image };
  }

  #open(shard: SoundShard): Promise<ShardReader> {
    return this.#shards.get(keyOf(shard), () => ShardReader.open(shard));
  }

  async #readBlock(shard: SoundShard, batch: number): Promise<BlockContent> {
    const reader = await this.#open(shard);
    const pairs = decodeRows(await reader.readBatch(batch, ['id', 'outcome', 'texts', 'boxes', 'width', 'height']));
    const images = await reader.imageRanges(batch);
    const taken = [...pairs.keys()].filter((row) => pairs[row]!.outcome === 'ok');
    return {
      rows: taken.map((row) => {
        const { id, texts, ...picture } = pairs[row]!;
        return { id, texts, boxes: boxShares(picture) };
      }),
      images: taken.map((row) => images[row]!),
    };
  }
}

const keyOf = ({ path, state }: SoundShard): string => `${path}\n${state}`;

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
