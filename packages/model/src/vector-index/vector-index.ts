import { readdir, rename, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@wenlan/shards';
import type { Index } from 'usearch';
import { type RowAddress, VectorFileReader, type VectorRow } from './vector-file-reader.ts';

/** Neighbours of a vector in the graph, and how wide it is searched for them while it is built. */
const GRAPH = { connectivity: 32, expansion_add: 128 } as const;
/** How wide the graph is searched: at least so many candidates are looked at in full. */
const CANDIDATES = 64;
const SEARCH_WIDTH = 256;

/** What an index found: rows of the file by their inner product with the query. */
export interface VectorMatch extends VectorRow {
  score: number;
}

/** Who is told, and how it is stopped. */
export interface OpenIndexOptions {
  /** While the index is built, which is once for each file. */
  onProgress?: (progress: { rowsDone: number }) => void;
  signal?: AbortSignal;
}

/**
 * An approximate index over a file of vectors: a graph of near neighbours (HNSW, Malkov and Yashunin 2018) by USearch, its vectors in half
 * precision. What it proposes is then ordered by the inner products in full. It is built once and kept beside the file; memory of a
 * search is that of the rows it looks at, whatever the size of the file.
 * @throws UserError VECTOR_FILE naming the file, INDEX_UNAVAILABLE where USearch has no build for the machine; the signal's reason
 */
export async function openVectorIndex(file: string, options: OpenIndexOptions = {}): Promise<VectorIndex> {
  const reader = await VectorFileReader.open(file);
  try {
    const index = await emptyIndex(reader.dim);
    const stored = await indexFile(file);
    const isThere = (await readdir(dirname(stored))).includes(basename(stored));
    if (!isThere) await build(reader, file, stored, options);
    index.view(stored);
    return new VectorIndex(reader, index);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** An open index. */
export class VectorIndex {
  readonly rows: number;
  readonly dim: number;
  private readonly reader: VectorFileReader;
  private readonly index: Index;

  constructor(reader: VectorFileReader, index: Index) {
    this.reader = reader;
    this.index = index;
    this.rows = index.size();
    this.dim = reader.dim;
  }

  /**
   * About the `k` rows of highest inner product, best first.
   * @param query L2-normed [dim]
   */
  async search(query: Float32Array, k: number): Promise<VectorMatch[]> {
    if (query.length !== this.dim) {
      throw new Error(`search: the query has ${query.length} numbers, the vectors ${this.dim}`);
    }
    if (this.rows === 0) return [];
    const { keys } = this.index.search(query, Math.min(this.rows, Math.max(CANDIDATES, 4 * k)), 1);
    const scored = await Promise.all(
      [...keys].map(addressOf).map(async (address) => ({
        address,
        score: innerProduct(query, await this.reader.vector(address)),
      })),
    );
    const best = scored.sort((left, right) => right.score - left.score).slice(0, k);
    return Promise.all(best.map(async ({ address, score }) => ({ ...(await this.reader.row(address)), score })));
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.reader.close();
  }
}

/** Beside the file of vectors, by its size and time: another file of the same name has another index. */
async function indexFile(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${file}.${size}-${Math.floor(mtimeMs)}${SUFFIX}`;
}

const SUFFIX = '.usearch';

async function build(
  reader: VectorFileReader,
  file: string,
  stored: string,
  { onProgress = () => {}, signal }: OpenIndexOptions,
): Promise<void> {
  const index = await emptyIndex(reader.dim);
  for (let batch = 0; batch < reader.batches; batch++) {
    signal?.throwIfAborted();
    const vectors = await reader.vectors(batch);
    const rows = vectors.length / reader.dim;
    if (rows === 0) continue;
    const keys = BigUint64Array.from({ length: rows }, (_, row) => keyOf({ batch, row }));
    index.add(keys, vectors, availableParallelism());
    onProgress({ rowsDone: index.size() });
  }
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${basename(file)}.`) && name.endsWith(SUFFIX)) await rm(join(folder, name));
  }
  index.save(`${stored}.tmp`);
  await rename(`${stored}.tmp`, stored);
}

/** Loaded where it is needed alone: its binding takes its time. */
async function emptyIndex(dim: number): Promise<Index> {
  const { Index, MetricKind, ScalarKind } = await import('usearch').catch((cause: unknown) => {
    const reason = (cause as Error).message.split('\n')[0]!;
    throw new UserError(
      'INDEX_UNAVAILABLE',
      `The approximate index needs usearch, whose binding doesn't load here (${reason}); run \`npm rebuild usearch\`, or search exactly.`,
      { cause },
    );
  });
  const { IP: metric } = MetricKind;
  return new Index({
    ...GRAPH,
    dimensions: dim,
    metric,
    quantization: ScalarKind.F16,
    expansion_search: SEARCH_WIDTH,
    multi: false,
  });
}

/** A row's key in the index is its address, so that none has to be kept beside it. */
const keyOf = ({ batch, row }: RowAddress): bigint => (BigInt(batch) << 32n) | BigInt(row);
const addressOf = (key: bigint): RowAddress => ({ batch: Number(key >> 32n), row: Number(key & 0xffffffffn) });

function innerProduct(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (const [axis, value] of left.entries()) sum += value * right[axis]!;
  return sum;
}
