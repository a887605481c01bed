import { COLUMNS } from './arrow-schema.ts';
import { decodeRows } from './decode-rows.ts';
import { parseWhere } from './formats/where.ts';
import type { Condition } from './formats/where.ts';
import { datasetLocation } from './location.ts';
import { readManifest } from './manifest.ts';
import type { Pair } from './pair.ts';
import { soundShard } from './shard-checksum.ts';
import type { SoundShard } from './shard-checksum.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';
import { damagedBy, ShardReader } from './shard-reader.ts';
import { UserError } from './user-error.ts';

/** What a condition may look at; these columns are always read. */
export type PairKey = Pick<Pair, 'id' | 'source' | 'outcome'>;

const KEY_COLUMNS = ['id', 'source', 'outcome'] as const satisfies (keyof PairKey)[];

/** Which rows are read, and what of them. */
export interface ReadOptions {
  /** All by default. */
  splits?: readonly string[];
  /** Only shards with these files, as the manifest names them; all by default. */
  shards?: readonly string[];
  /** Only these, with id, source and outcome, are read from the disk; the others come out null or empty. All by default. */
  columns?: readonly (keyof Pair)[];
  /**
   * Which rows: a function of the keys, or a condition on any column but the picture and the texts, as
   * `scores.aesthetic > 0.5 and source = news`, see {@link parseWhere}. A record batch none of whose rows is wanted costs no
   * more than the columns that the condition looks at.
   */
  where?: string | ((key: PairKey) => boolean);
  /** What to do about a damaged shard, whose rows are then left out; by default the error is thrown. */
  onDamaged?: (error: ShardDamagedError) => void;
}

/**
 * Streams the rows of a dataset in the order of the manifest, one array for each record batch (at most 64 rows).
 * Before the first row of a shard its checksum is compared with the manifest's, once in the life of the process.
 * Pictures are views into the batch's memory; copy one to keep it without its neighbours.
 * @throws UserError DATASET_MISSING and the others of {@link readManifest}, SHARD_DAMAGED, COLUMN_UNKNOWN, WHERE_INVALID
 */
export async function* readPairs(location: string, options: ReadOptions = {}): AsyncGenerator<Pair[], void, undefined> {
  const folder = datasetLocation(location);
  const { shards } = await readManifest(location);
  const splits = options.splits === undefined ? null : new Set(options.splits);
  const files = options.shards === undefined ? null : new Set(options.shards);
  for (const entry of shards) {
    if (splits?.has(entry.split) === false || files?.has(entry.file) === false) continue;
    try {
      yield* readShard(await soundShard(folder, entry), options);
    } catch (error) {
      if (!(error instanceof ShardDamagedError) || options.onDamaged === undefined) throw error;
      options.onDamaged(error);
    }
  }
}

/** As {@link readPairs}, of one shard. */
export async function* readShard(shard: SoundShard, options: ReadOptions = {}): AsyncGenerator<Pair[], void, undefined> {
  const columns = options.columns === undefined ? undefined : [...new Set([...KEY_COLUMNS, ...options.columns])];
  const unknown = columns?.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined)
    throw new UserError('COLUMN_UNKNOWN', `Rows have no column "${unknown}"; choose from ${COLUMNS.join(', ')}.`);
  const where = typeof options.where === 'string' ? parseWhere(options.where) : options.where;
  const reader = await ShardReader.open(shard);
  const read = (index: number): Promise<Pair[]> => readRows(reader, index, columns, where);
  let ahead: Promise<Pair[]> | undefined;
  try {
    for (let index = 0; index < reader.batchCount; index += 1) {
      const rows = await (ahead ?? read(index));
      ahead = index + 1 < reader.batchCount ? read(index + 1) : undefined;
      // Unhandled only for as long as the consumer works on these rows.
      ahead?.catch(() => {});
      if (rows.length > 0) yield rows;
    }
  } finally {
    await ahead?.catch(() => {});
    await reader.close();
  }
}

async function readRows(
  reader: ShardReader,
  index: number,
  columns: readonly (keyof Pair)[] | undefined,
  where: RowTest | undefined,
): Promise<Pair[]> {
  const rows = where === undefined ? undefined : await selectRows(reader, index, where);
  if (rows?.length === 0) return [];
  const batch = await reader.readBatch(index, columns);
  return decodeOrBlame(reader, index, () => decodeRows(batch, rows));
}

type RowTest = Condition | ((key: PairKey) => boolean);

async function selectRows(reader: ShardReader, index: number, where: RowTest): Promise<number[]> {
  const columns = 'columns' in where ? where.columns : [];
  const batch = await reader.readBatch(index, [...new Set([...KEY_COLUMNS, ...columns])]);
  const keys = decodeOrBlame(reader, index, () => decodeRows(batch));
  return keys.flatMap((key, row) => (where(key) ? [row] : []));
}

function decodeOrBlame<Result>(reader: ShardReader, index: number, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    throw damagedBy(error, reader.file, reader.batchOffset(index));
  }
}
