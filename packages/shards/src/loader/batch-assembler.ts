import { seededRandom } from '../random.ts';
import { siblingModule, WorkerPool } from '../workers/worker-pool.ts';
import type { DecodeResult, DecodeTask, PlacedSample } from './decode-samples.ts';
import { EpochOrder } from './epoch-order.ts';
import type { Position } from './epoch-order.ts';
import type { BlockList } from './block-list.ts';
import { LOST_BLOCK_ROWS } from './epoch-index.ts';
import type { Batch, LoaderOptions } from './batch.ts';

/** Samples that one message to a worker asks for. */
const TASK_SAMPLES = 16;
const MAX_SUBSTITUTES = 100;

/** One for each number of workers, kept from epoch to epoch since threads take long to start. */
const pools = new Map<number, WorkerPool<DecodeTask, DecodeResult>>();

function poolOf(workers: number): WorkerPool<DecodeTask, DecodeResult> {
  const pool = pools.get(workers) ?? new WorkerPool(siblingModule('./decode-samples', import.meta.url), workers);
  pools.set(workers, pool);
  return pool;
}

/** Makes any batch of an epoch, independently of the others. */
export class BatchAssembler {
  readonly #index: BlockList;
  readonly #options: LoaderOptions;
  readonly #order: EpochOrder;
  readonly #pool: WorkerPool<DecodeTask, DecodeResult>;
  /** Numbers of the blocks that substitutes are drawn from. */
  readonly #sound: Uint32Array;
  /** Memory of batches that are done, for those to come. */
  readonly #idleSlabs: Float32Array[] = [];

  constructor(index: BlockList, options: LoaderOptions) {
    this.#index = index;
    this.#options = options;
    const { batchSize, seed, epoch, bucketBy } = options;
    const bucketOf = ({ block, row }: Position): number => index.bucketOf(block, row);
    this.#order = new EpochOrder(index.rows, seed, epoch, bucketBy === undefined ? null : { batchSize, bucketOf });
    this.#pool = poolOf(options.workers);
    this.#sound = Uint32Array.from(index.rows.keys()).filter((block) => {
      const { sound } = index.shardOf(block);
      return sound !== null && index.rows[block]! > 0;
    });
  }

  /** Samples in the epoch, over all ranks. */
  get rows(): number {
    return this.#order.rows;
  }

  async assemble(index: number): Promise<Batch> {
    const { batchSize, image, rank = 0, worldSize = 1 } = this.#options;
    const first = (index * worldSize + rank) * batchSize;
    const size = Math.min(batchSize, this.rows - first);
    const batch: Batch = {
      index,
      ids: Array.from({ length: size }, () => ''),
      pixels: this.#idleSlabs.pop() ?? sharedFloats(batchSize * image.side * image.side * 3),
      boxes: Array.from({ length: size }, () => null),
      texts: Array.from({ length: size }, () => []),
      skipped: [],
    };
    let open = Array.from({ length: size }, (_, place) => place);
    const skipped: { place: number; attempt: number; id: string; reason: string }[] = [];
    for (let attempt = 0; open.length > 0; attempt += 1) {
      if (attempt > MAX_SUBSTITUTES) {
        const { id, reason } = skipped.at(-1)!;
        throw new Error(
          `Batch ${index} can't be filled: ${MAX_SUBSTITUTES} substitutes failed, the last (${id}) because ${reason}.`,
        );
      }
      const failed = await this.#fill(
        batch,
        open.map((place) => ({ place, ...this.#locate(first + place, attempt) })),
      );
      skipped.push(...failed.map((failure) => ({ ...failure, attempt })));
      open = failed.map(({ place }) => place).sort((left, right) => left - right);
    }
    skipped.sort((left, right) => left.place - right.place || left.attempt - right.attempt);
    const slab = batch.pixels;
    this.#idleSlabs.push(slab);
    // The collector doesn't count shared memory, so what callers get, who may keep it, is a copy that it does count.
    const pixels = slab.slice(0, size * image.side * image.side * 3);
    return { ...batch, pixels, skipped: skipped.map(({ id, reason }) => ({ id, reason })) };
  }

  /** The row of a slot; from the first attempt on, the row that stands in for it, drawn from the whole split. */
  #locate(slot: number, attempt: number): Position {
    if (attempt === 0) return this.#order.at(slot);
    const random = seededRandom(this.#options.seed, this.#options.epoch, 'substitute', slot, attempt);
    const block = this.#sound[random.below(this.#sound.length)]!;
    return { block, row: random.below(this.#index.rows[block]!) };
  }

  /** Decodes rows into their places of the batch; returns those that couldn't be. */
  async #fill(target: Batch, wanted: ({ place: number } & Position)[]): Promise<{ place: number; id: string; reason: string }[]> {
    const failed: { place: number; id: string; reason: string }[] = [];
    const found: PlacedSample[] = [];
    for (const { place, block, row } of wanted) {
      const { file, sound } = this.#index.shardOf(block);
      const batch = this.#index.batchOf(block);
      if (sound === null)
        failed.push({ place, id: `${file}#${batch * LOST_BLOCK_ROWS + row}`, reason: 'its shard is quarantined' });
      else found.push({ place, address: { shard: sound, batch, row } });
    }
    const { image, seed, epoch } = this.#options;
    const tasks: Promise<void>[] = [];
    for (let start = 0; start < found.length; start += TASK_SAMPLES) {
      const part = found.slice(start, start + TASK_SAMPLES);
      const task: DecodeTask = { samples: part, pixels: target.pixels, image, seed, epoch };
      const store = async (): Promise<void> => {
        const { ids, texts, boxes, failures } = await this.#pool.run(task);
        for (const [position, { place }] of part.entries()) {
          target.ids[place] = ids[position]!;
          target.texts[place] = texts[position]!;
          target.boxes[place] = boxes[position]!;
        }
        for (const { position, reason } of failures) failed.push({ place: part[position]!.place, id: ids[position]!, reason });
      };
      tasks.push(store());
    }
    await Promise.all(tasks);
    return failed;
  }
}

/** Memory that the threads of the workers write to. */
const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
