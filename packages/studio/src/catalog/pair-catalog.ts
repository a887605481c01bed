import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBValue } from '@duckdb/node-api';
import { datasetLocation, PairReader, readManifest, resolveLocation, UserError } from '@wenlan/shards';
import type { Manifest, Pair, PairAddress } from '@wenlan/shards';
import { buildCatalog } from './build-catalog.ts';
import type { BuildOptions } from './build-catalog.ts';
import { FACETS, NUMBERS, quoted } from './columns.ts';
import type { Facet } from './columns.ts';
import { conditionOf } from './filter.ts';
import type { Condition, Filter } from './filter.ts';

/** Raised when {@link buildCatalog} writes other columns. */
const CATALOG_VERSION = 1;
const HISTOGRAM_BINS = 40;
/** The table of the file, which is attached to a database in memory that keeps what was found. */
const PAIRS = 'catalog.pairs';
/** Words that were looked for last, whose positions are kept: those of a person who types. */
const KEPT_SEARCHES = 32;
/** Where a larger share of all pairs has the words, looking for them again is as fast as joining their positions. */
const KEPT_SHARE = 0.2;
const KEPT_POSITIONS = 200_000;
const FACET_VALUES = 60;

/** A pair as the grid shows it. */
export interface PairCard {
  position: number;
  id: string;
  source: string;
  split: string;
  outcome: string;
  band: string | null;
  width: number | null;
  height: number | null;
  /** Null where the dataset has no picture, as of a pair that was dropped. */
  pictureBytes: number | null;
  caption: string | null;
}

export interface FoundPair {
  pair: Pair;
  split: string;
  /** Id of the survivor of its near-duplicates. */
  cluster: string | null;
  pictureBytes: number | null;
}

export interface Histogram {
  column: string;
  /** Of the whole dataset. */
  least: number;
  most: number;
  /** Equal bins from least to most: pairs that the filter, without its range of this column, lets through. */
  counts: number[];
}

export interface FacetCount {
  value: string;
  count: number;
}

export interface Counts {
  facets: Record<Facet, FacetCount[]>;
  /** In the order that was asked for. */
  histograms: Histogram[];
}

/** What a dataset holds, in a DuckDB file beside it that answers in milliseconds. */
export class PairCatalog {
  readonly name: string;
  readonly location: string;
  readonly manifest: Manifest;
  /** Columns of numbers that have a value anywhere: what there are histograms and ranges of, with least and most. */
  readonly numbers: ReadonlyMap<string, readonly [number, number]>;
  readonly #reader: PairReader;
  readonly #instance: DuckDBInstance;
  /** By words, the table of their positions; null where they are too many. */
  readonly #searches = new Map<string, Promise<string | null>>();
  #searchCount = 0;

  private constructor(
    name: string,
    location: string,
    manifest: Manifest,
    numbers: PairCatalog['numbers'],
    reader: PairReader,
    instance: DuckDBInstance,
  ) {
    this.name = name;
    this.location = location;
    this.manifest = manifest;
    this.numbers = numbers;
    this.#reader = reader;
    this.#instance = instance;
  }

  /**
   * Opens the catalog of a dataset; one that isn't in the cache, or is of an earlier manifest, is built.
   * @throws UserError DATASET_MISSING and the others of `readManifest`, DATASET_INCOMPLETE; ShardDamagedError
   */
  static async open(name: string, location: string, cacheFolder: string, options: BuildOptions = {}): Promise<PairCatalog> {
    const manifest = await readManifest(location);
    if (!manifest.complete)
      throw new UserError(
        'DATASET_INCOMPLETE',
        `The dataset ${location} is not finished; run the stage that writes it to its end.`,
      );
    const reader = await PairReader.open(location);
    const key = JSON.stringify([CATALOG_VERSION, datasetLocation(location), manifest.shards.map(({ sha256 }) => sha256)]);
    const file = join(cacheFolder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.duckdb`);
    if (
      !(await access(file).then(
        () => true,
        () => false,
      ))
    ) {
      await mkdir(cacheFolder, { recursive: true });
      const unfinished = `${file}.${process.pid}`;
      try {
        await buildCatalog(reader, unfinished, options);
        await rename(unfinished, file);
      } finally {
        await rm(unfinished, { force: true });
      }
    }
    const instance = await DuckDBInstance.create(':memory:');
    await query(instance, `ATTACH '${file.replaceAll("'", "''")}' AS catalog (READ_ONLY)`, []);
    return new PairCatalog(name, datasetLocation(location), manifest, await readNumbers(instance), reader, instance);
  }

  /** How many pairs the filter lets through. @throws RangeError for a range of an unknown column */
  async count(filter: Filter): Promise<number> {
    const { sql, values } = await this.#condition(filter);
    const [row] = await query(this.#instance, `SELECT count(*)::INTEGER FROM ${PAIRS} WHERE ${sql}`, values);
    return row![0] as number;
  }

  /** Pairs behind a position, in the order of the dataset. */
  async page(filter: Filter, after: number, limit: number): Promise<PairCard[]> {
    const { sql, values } = await this.#condition(filter);
    const rows = await query(
      this.#instance,
      `SELECT ${CARD} FROM ${PAIRS} WHERE position > ${after} AND ${sql} ORDER BY position LIMIT ${limit}`,
      values,
    );
    return rows.map(cardOf);
  }

  /**
   * Counts by value, the most frequent first, and histograms; each without its own condition, so that one sees what else there is.
   * Those that have none of their own are counted in one pass.
   * @throws RangeError for an unknown column
   */
  async counts(filter: Filter, columns: readonly string[]): Promise<Counts> {
    const bins = columns.map((column) => this.#binsOf(column));
    const groupings: Grouping[] = [
      ...FACETS.map((facet) => ({ name: facet, sql: facet, isConditioned: filter[facet] !== undefined })),
      ...bins.map(({ column, sql }) => ({ name: column, sql, isConditioned: filter.ranges?.[column] !== undefined })),
    ];
    const free = groupings.filter(({ isConditioned }) => !isConditioned);
    const conditioned = groupings.filter(({ isConditioned }) => isConditioned);
    const passes = await Promise.all([
      free.length === 0 ? [] : this.#countBy(free, filter),
      ...conditioned.map((grouping) => this.#countBy([grouping], filter, grouping.name)),
    ]);
    const counted = new Map(passes.flat());
    return {
      facets: Object.fromEntries(FACETS.map((facet) => [facet, mostFrequent(counted.get(facet)!)])) as Counts['facets'],
      histograms: bins.map(({ column, least, most }) => {
        const counts = Array.from({ length: HISTOGRAM_BINS }, () => 0);
        for (const [bin, count] of counted.get(column)!) counts[Math.min(bin as number, HISTOGRAM_BINS - 1)]! += count;
        return { column, least, most, counts };
      }),
    };
  }

  /** Pairs by value of each grouping, those without a value left out. */
  async #countBy(
    groupings: readonly Grouping[],
    filter: Filter,
    except?: string,
  ): Promise<(readonly [name: string, counts: Map<DuckDBValue, number>])[]> {
    const { sql, values } = await this.#condition(filter, except);
    const names = groupings.map((_, index) => `g${index}`);
    const selected = groupings.map((grouping, index) => `${grouping.sql} AS g${index}`);
    const sets = names.map((name) => `(${name})`);
    const rows = await query(
      this.#instance,
      `SELECT count(*)::INTEGER, ${names.join(', ')} FROM (SELECT ${selected.join(', ')} FROM ${PAIRS} WHERE ${sql})
      GROUP BY GROUPING SETS (${sets.join(', ')})`,
      values,
    );
    const counts = groupings.map(({ name }) => [name, new Map<DuckDBValue, number>()] as const);
    for (const [count, ...grouped] of rows)
      for (const [index, value] of grouped.entries()) if (value !== null) counts[index]![1].set(value, count as number);
    return counts;
  }

  #binsOf(column: string): Omit<Histogram, 'counts'> & { sql: string } {
    const range = this.numbers.get(column);
    if (range === undefined)
      throw new RangeError(`There is no column ${column}; there are ${[...this.numbers.keys()].join(', ')}.`);
    const [least, most] = range;
    const width = (most - least) / HISTOGRAM_BINS || 1;
    const sql = `floor((${quoted(column)}::DOUBLE - ${least}::DOUBLE) / ${width}::DOUBLE)::INTEGER`;
    return { column, least, most, sql };
  }

  /** Locations of the datasets that it was made from. */
  get parents(): string[] {
    return this.manifest.parents.map(({ location }) => resolveLocation(this.location, location));
  }

  /** Of these pairs, the positions of those that have a picture, by id. */
  async pictured(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const places = ids.map((_, index) => `$${index + 1}`).join(', ');
    const sql = `SELECT id, position FROM ${PAIRS} WHERE pictureBytes IS NOT NULL AND id IN (${places})`;
    return new Map((await query(this.#instance, sql, ids)).map(([id, position]) => [id as string, position as number]));
  }

  /** The cards of the pairs of these ids that there are, by id. */
  async cards(ids: readonly string[]): Promise<Map<string, PairCard>> {
    if (ids.length === 0) return new Map();
    const places = ids.map((_, index) => `$${index + 1}`).join(', ');
    const rows = await query(this.#instance, `SELECT ${CARD} FROM ${PAIRS} WHERE id IN (${places})`, ids);
    return new Map(rows.map(cardOf).map((card) => [card.id, card]));
  }

  /** The whole record but the picture, with what the catalog knows beside; null if there is no such position. */
  async pair(position: number): Promise<FoundPair | null> {
    const found = await this.#locate(position);
    if (found === null) return null;
    const { address, ...beside } = found;
    return { pair: await this.#reader.readPair(address), ...beside };
  }

  /** The bytes of a pair's picture; null where there is none. */
  async picture(position: number): Promise<Uint8Array | null> {
    const found = await this.#locate(position);
    return found === null ? null : this.#reader.readImage(found.address);
  }

  close(): void {
    this.#instance.closeSync();
  }

  async #locate(position: number): Promise<(Omit<FoundPair, 'pair'> & { address: PairAddress }) | null> {
    const sql = `SELECT shard, batch, batchRow, split, cluster, pictureBytes FROM ${PAIRS} WHERE position = $1`;
    const [found] = await query(this.#instance, sql, [position]);
    if (found === undefined) return null;
    const [shard, batch, row, split, cluster, pictureBytes] = found as [
      number,
      number,
      number,
      string,
      string | null,
      number | null,
    ];
    return { address: { shard, batch, row }, split, cluster, pictureBytes };
  }

  /** The filter as SQL; rare words are looked for once, not for each count and histogram of a view. */
  async #condition(filter: Filter, except?: string): Promise<Condition> {
    const { words = '', ...rest } = filter;
    const columns = new Set(this.numbers.keys());
    const table = words.trim() === '' ? null : await this.#found(words);
    if (table === null) return conditionOf(filter, columns, except);
    const { sql, values } = conditionOf(rest, columns, except);
    return { sql: `position IN (SELECT position FROM ${table}) AND ${sql}`, values };
  }

  /** A table of the positions of the pairs that have these words; null where they are too many. */
  async #found(words: string): Promise<string | null> {
    let table = this.#searches.get(words);
    if (table === undefined) {
      this.#searchCount += 1;
      table = this.#find(words, `found${this.#searchCount}`);
      this.#searches.set(words, table);
      for (const [oldest, kept] of this.#searches) {
        if (this.#searches.size <= KEPT_SEARCHES) break;
        this.#searches.delete(oldest);
        const old = await kept;
        if (old !== null) await query(this.#instance, `DROP TABLE ${old}`, []);
      }
    }
    return table;
  }

  async #find(words: string, table: string): Promise<string | null> {
    const { sql, values } = conditionOf({ words }, new Set());
    const most = Math.min(KEPT_POSITIONS, Math.floor(this.manifest.totals.rows * KEPT_SHARE));
    const positions = `SELECT position FROM ${PAIRS} WHERE ${sql} LIMIT ${most + 1}`;
    await query(this.#instance, `CREATE TABLE ${table} AS ${positions}`, values);
    const [row] = await query(this.#instance, `SELECT count(*)::INTEGER FROM ${table}`, []);
    if ((row![0] as number) <= most) return table;
    await query(this.#instance, `DROP TABLE ${table}`, []);
    return null;
  }
}

/** What pairs are counted by. */
interface Grouping {
  readonly name: string;
  readonly sql: string;
  /** The filter has a condition on it, which its own counts leave out. */
  readonly isConditioned: boolean;
}

function mostFrequent(counts: ReadonlyMap<DuckDBValue, number>): FacetCount[] {
  return [...counts]
    .map(([value, count]) => ({ value: value as string, count }))
    .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
    .slice(0, FACET_VALUES);
}

const CARD = 'position, id, source, split, outcome, band, width, height, pictureBytes, caption';

function cardOf(row: DuckDBValue[]): PairCard {
  const [position, id, source, split, outcome, band, width, height, pictureBytes, caption] = row as unknown as CardRow;
  return { position, id, source, split, outcome, band, width, height, pictureBytes, caption };
}

type CardRow = [
  number,
  string,
  string,
  string,
  string,
  string | null,
  number | null,
  number | null,
  number | null,
  string | null,
];

async function readNumbers(instance: DuckDBInstance): Promise<Map<string, [number, number]>> {
  const described = await query(instance, `SELECT name FROM pragma_table_info('${PAIRS}') WHERE name LIKE 'score:%'`, []);
  const columns = [...NUMBERS, ...described.map(([name]) => name as string)];
  const extremes = columns.map((column) => `min(${quoted(column)})::DOUBLE, max(${quoted(column)})::DOUBLE`);
  const [row] = await query(instance, `SELECT ${extremes.join(', ')} FROM ${PAIRS}`, []);
  const numbers = new Map<string, [number, number]>();
  for (const [index, column] of columns.entries()) {
    const [least, most] = [row![2 * index], row![2 * index + 1]] as (number | null)[];
    if (typeof least === 'number' && typeof most === 'number') numbers.set(column, [least, most]);
  }
  return numbers;
}

async function query(instance: DuckDBInstance, sql: string, values: readonly (string | number)[]): Promise<DuckDBValue[][]> {
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql, [...values])).getRows();
  } finally {
    connection.closeSync();
  }
}
