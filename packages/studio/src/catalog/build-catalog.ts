import { rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { outcomeClass } from '@wenlan/shards';
import type { Pair, PairReader } from '@wenlan/shards';
import { quoted, scoreColumn } from './columns.ts';

const PROGRESS_ROWS = 10_000;
const CAPTION_LENGTH = 200;
const TEXT_ORDER: readonly Pair['texts'][number]['kind'][] = ['caption', 'alt', 'title', 'post', 'surrounding', 'tag', 'query'];

const COLUMNS = [
  'position INTEGER', // in the order of the manifest
  'shard INTEGER',
  'batch INTEGER',
  'batchRow INTEGER',
  'id VARCHAR',
  'source VARCHAR',
  'split VARCHAR',
  'outcome VARCHAR', // without the id of `duplicate:ID`, which is in cluster
  'band VARCHAR',
  'width INTEGER',
  'height INTEGER',
  'pictureBytes INTEGER', // null where there is no picture
  'textLength INTEGER', // characters of all texts
  'fetchedAt DOUBLE', // milliseconds since 1970
  'cluster VARCHAR', // id of the survivor
  'caption VARCHAR', // one text, for the grid
  'words VARCHAR', // all texts in lower case
];

export interface BuildOptions {
  onProgress?: ((rowsDone: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Writes what the page filters and counts by into a DuckDB file: a row for each pair, without pictures. The dataset is read twice,
 * first for the names of its scores.
 * @param file is replaced
 * @throws ShardDamagedError; the signal's reason
 */
export async function buildCatalog(reader: PairReader, file: string, options: BuildOptions): Promise<void> {
  await Promise.all([file, `${file}.wal`].map((path) => rm(path, { force: true })));
  const scores = await scoreNames(reader, options.signal);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    await fill(connection, reader, scores, options);
    await connection.run('CHECKPOINT');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function scoreNames(reader: PairReader, signal: AbortSignal | undefined): Promise<string[]> {
  const names = new Set<string>();
  for await (const { rows } of reader.scan(['scores'])) {
    signal?.throwIfAborted();
    for (const { scores } of rows) for (const name of Object.keys(scores)) names.add(scoreOf(name));
  }
  return [...names].sort();
}

/** A rule on texts measures each text of a pair, as `adverts.0`, `adverts.1`, …; the catalog keeps the highest as `adverts`. */
const scoreOf = (name: string): string => name.replace(/\.\d+$/u, '');

function highestScores(scores: Pair['scores']): Map<string, number> {
  const highest = new Map<string, number>();
  for (const [name, value] of Object.entries(scores)) {
    const score = scoreOf(name);
    highest.set(score, Math.max(value, highest.get(score) ?? Number.NEGATIVE_INFINITY));
  }
  return highest;
}

async function fill(
  connection: DuckDBConnection,
  reader: PairReader,
  scores: readonly string[],
  { onProgress, signal }: BuildOptions,
): Promise<void> {
  const columns = [...COLUMNS, ...scores.map((name) => `${quoted(scoreColumn(name))} FLOAT`)];
  await connection.run(`CREATE TABLE pairs (${columns.join(', ')})`);
  const appender = await connection.createAppender('pairs');
  let position = 0;
  for await (const { shard, batch, split, rows, pictureBytes } of reader.scan(CATALOG_COLUMNS)) {
    signal?.throwIfAborted();
    for (const [row, pair] of rows.entries()) {
      for (const number of [position, shard, batch, row]) appender.appendInteger(number);
      appendPair(appender, pair, { split, scores, pictureBytes: pictureBytes[row]! });
      appender.endRow();
      position += 1;
      if (position % PROGRESS_ROWS === 0) onProgress?.(position);
    }
  }
  appender.closeSync();
  onProgress?.(position);
}

const CATALOG_COLUMNS: readonly (keyof Pair)[] = [
  'id',
  'source',
  'texts',
  'width',
  'height',
  'fetchedAt',
  'outcome',
  'scores',
  'band',
  'cluster',
];

interface Beside {
  split: string;
  /** Names of the columns of scores. */
  scores: readonly string[];
  pictureBytes: number | null;
}

function appendPair(appender: DuckDBAppender, pair: Pair, { split, scores, pictureBytes }: Beside): void {
  const { id, source, texts, outcome, band, width, height, fetchedAt } = pair;
  const cluster = pair.cluster ?? (outcome.startsWith('duplicate:') ? outcome.slice('duplicate:'.length) : null);
  const words = texts.map(({ text }) => text).join('\n');
  const append = {
    text: (value: string | null): void => (value === null ? appender.appendNull() : appender.appendVarchar(value)),
    integer: (value: number | null): void => (value === null ? appender.appendNull() : appender.appendInteger(value)),
  };
  for (const value of [id, source, split, outcomeClass(outcome), band]) append.text(value);
  for (const value of [width, height, pictureBytes, words.length]) append.integer(value);
  if (fetchedAt === null) appender.appendNull();
  else appender.appendDouble(fetchedAt);
  for (const value of [cluster, captionOf(texts), words.toLowerCase()]) append.text(value);
  const highest = highestScores(pair.scores);
  for (const name of scores) {
    const score = highest.get(name);
    if (score === undefined) appender.appendNull();
    else appender.appendFloat(score);
  }
}

function captionOf(texts: Pair['texts']): string | null {
  for (const kind of TEXT_ORDER) {
    const found = texts.find((text) => text.kind === kind && text.text.trim() !== '');
    if (found !== undefined) return found.text.length > CAPTION_LENGTH ? `${found.text.slice(0, CAPTION_LENGTH)}…` : found.text;
  }
  return null;
}
