import { dirname, relative, resolve, sep } from 'node:path';
import { stat } from 'node:fs/promises';
import { checkRow } from './check-row.ts';
import { openDataset } from './dataset-writer.ts';
import type { DatasetWriter, OpenOptions } from './dataset-writer.ts';
import { emptyPair } from './empty-pair.ts';
import { ImageRefused } from './formats/foreign-row.ts';
import type { ColumnNames, ForeignRow, ReadContext } from './formats/foreign-row.ts';
import { mergedRows } from './formats/foreign-rows.ts';
import { fingerprint, listInput } from './formats/list-input.ts';
import type { ImportFormat, Input } from './formats/list-input.ts';
import { mapOrdered } from './formats/map-ordered.ts';
import { SeenIds } from './formats/seen-ids.ts';
import { judgeImage } from './image/judge-image.ts';
import type { Manifest } from './manifest.ts';
import type { Outcome, Pair } from './pair.ts';
import { pairId } from './pair-id.ts';
import { mirror } from './storage/mirror.ts';

/** Pictures in flight: enough for the threads of libvips, few enough for a machine of 4 GB. */
const CONCURRENCY = 8;
const MAX_PROBLEMS = 100;

/** What is imported, and where the dataset goes. */
export interface ImportOptions {
  /** Where the dataset goes: a path, a `file:` URL or an `s3:` URL. */
  out: string;
  /** Guessed from the names of the files by default. */
  format?: ImportFormat;
  /** Where the rows go; `all` by default. */
  split?: string;
  /** Folder that relative paths of pictures start from; by default the one of the input. */
  images?: string;
  /** Names of columns of a table, where they aren't among those known. */
  columns?: ColumnNames;
  /** Other datasets whose forgotten pairs must not come back, see {@link forgetPairs}. */
  forgottenIn?: readonly string[];
  maxShardRows?: number;
  maxShardBytes?: number;
  /** An abort leaves the committed shards; the same call then goes on from there. */
  signal?: AbortSignal;
  /** Told as rows are written. */
  onProgress?: (progress: ImportProgress) => void;
}

/** Told after each shard, and at the end. */
export interface ImportProgress {
  rows: number;
  shards: number;
  bytesDone: number;
  bytesTotal: number;
}

/** A row that could not be imported as it stands. */
export interface ImportProblem {
  where: string;
  outcome: Outcome;
  problem: string;
}

/** What was imported. */
export interface ImportSummary {
  format: ImportFormat;
  rows: number;
  byOutcome: Record<string, number>;
  shards: number;
  /** The first hundred rows that this call found something wrong with. */
  problems: ImportProblem[];
}

/**
 * Makes a dataset of what other programs wrote: Parquet, WebDataset tars, lists of paths or URLs, folders of pictures, also
 * as img2dataset lays them out. Every row of the input becomes a row, whatever is wrong with it; the outcome of a picture is
 * judged by its bytes. Nothing is fetched: a row with only a URL gets `filtered:not-fetched`.
 * Rows that follow one another and name the same picture become one with several texts; a later one is a `duplicate:`.
 * A call that was killed goes on when it is repeated, and ends with the same bytes.
 * @param input a file or a folder, or `s3://bucket/prefix`, which is brought to this machine first
 * @throws UserError INPUT_MISSING, FORMAT_UNKNOWN, and those of {@link openDataset}; DiskFullError; the signal's reason
 */
export async function importDataset(input: string, options: ImportOptions): Promise<ImportSummary> {
  options.signal?.throwIfAborted();
  const { path, remove } = await mirror(input);
  try {
    return await importFiles(path, options);
  } finally {
    await remove();
  }
}

async function importFiles(input: string, options: ImportOptions): Promise<ImportSummary> {
  const { out, split = 'all', signal, onProgress, columns = {} } = options;
  signal?.throwIfAborted();
  const listed = await listInput(resolve(input), options.format);
  const folder = (await stat(input)).isDirectory() ? resolve(input) : dirname(resolve(input));
  const imageRoot = options.images === undefined ? folder : resolve(options.images);
  const images = relative(folder, imageRoot).split(sep).join('/');
  const recipe = { format: listed.format, split, columns, images, input: await fingerprint(listed.files) };
  const writer = await openDataset(out, { stage: 'import', recipe, ...writerOptions(options) });
  const problems: ImportProblem[] = [];
  try {
    if (writer.complete) return summaryOf(listed.format, writer.manifest, problems);
    let bytesDone = 0;
    const context: ReadContext = {
      imageRoot,
      columns,
      advance: (bytes) => {
        bytesDone += bytes;
      },
    };
    const tell = (): void => onProgress?.({ ...countsOf(writer), bytesDone, bytesTotal: listed.bytes });
    const skipped = writer.rowsCommitted(split);
    for await (const { pair, problem } of mapOrdered(identified(listed, context, skipped, signal), CONCURRENCY, judge)) {
      signal?.throwIfAborted();
      if (problem !== null && problems.length < MAX_PROBLEMS) problems.push(problem);
      const committed = await writer.append([pair], split);
      if (committed.length > 0) tell();
    }
    const manifest = await writer.finish();
    tell();
    return summaryOf(listed.format, manifest, problems);
  } finally {
    await writer.close();
  }
}

const writerOptions = ({ forgottenIn, maxShardRows, maxShardBytes }: ImportOptions): Omit<OpenOptions, 'stage' | 'recipe'> => ({
  ...(forgottenIn !== undefined && { forgottenIn }),
  ...(maxShardRows !== undefined && { maxShardRows }),
  ...(maxShardBytes !== undefined && { maxShardBytes }),
});

const countsOf = ({ manifest }: DatasetWriter): { rows: number; shards: number } => ({
  rows: manifest.totals.rows,
  shards: manifest.shards.length,
});

function summaryOf(format: ImportFormat, { totals, shards }: Manifest, problems: ImportProblem[]): ImportSummary {
  return { format, rows: totals.rows, byOutcome: totals.byOutcome, shards: shards.length, problems };
}

interface Identified {
  row: ForeignRow;
  number: number;
  id: string;
  /** The id of the row that this one repeats. */
  repeats: string | null;
}

/** Gives every row its id, and leaves out the first ones, which are committed already. */
async function* identified(
  input: Input,
  context: ReadContext,
  skipped: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Identified, void, undefined> {
  const seen = new SeenIds();
  let number = 0;
  for await (const row of mergedRows(input, context)) {
    signal?.throwIfAborted();
    const own = row.fields.id ?? pairId(row.fields.imageUrl ?? row.place, row.fields.pageUrl ?? null);
    let id = own;
    // A row that repeats another needs an id of its own: the place of its number is as good as any.
    for (let attempt = 0; !seen.add(id); attempt += 1) id = pairId(`${own} ${row.place} ${attempt}`, null);
    if (number >= skipped) yield { row, number, id, repeats: id === own ? null : own };
    number += 1;
  }
}

interface Judged {
  pair: Pair;
  problem: ImportProblem | null;
}

async function judge({ row, number, id, repeats }: Identified): Promise<Judged> {
  const { pair, problem } = await withPicture(row, id);
  if (repeats !== null) Object.assign(pair, { image: null, outcome: `duplicate:${repeats}` });
  try {
    checkRow(pair, number);
  } catch (error) {
    const bare = emptyPair({ id, source: 'local', outcome: 'filtered:bad-row' });
    return { pair: bare, problem: { where: row.where, outcome: bare.outcome, problem: (error as Error).message } };
  }
  return { pair, problem: problem === null ? null : { where: row.where, outcome: pair.outcome, problem } };
}

async function withPicture(row: ForeignRow, id: string): Promise<{ pair: Pair; problem: string | null }> {
  const source = /^https?:/i.test(row.fields.imageUrl ?? '') ? 'list' : 'local';
  const pair = emptyPair({ source, ...row.fields, id, outcome: row.outcome ?? 'ok' });
  if (row.image === null) return { pair, problem: row.problem };
  let image: Uint8Array;
  try {
    image = await row.image();
  } catch (error) {
    if (!(error instanceof ImageRefused)) throw error;
    return { pair: { ...pair, outcome: error.outcome }, problem: error.message };
  }
  // What was dropped by a rule or an earlier import keeps its outcome.
  if (row.outcome !== null) return { pair: { ...pair, image }, problem: row.problem };
  const { outcome, mime, width, height, sha256, detail } = await judgeImage(image);
  const claimed = row.fields.sha256 ?? null;
  if (claimed !== null && Buffer.compare(claimed, sha256) !== 0) {
    return { pair: { ...pair, sha256, outcome: 'hash-mismatch' }, problem: 'its picture is not the one that its sha256 is of' };
  }
  return {
    pair: { ...pair, mime, width, height, sha256, outcome, image: outcome === 'ok' ? image : null },
    problem: detail ?? row.problem,
  };
}
