import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { writeAtomically } from '@wenlan/shards';
import { RecordBatchFileWriter, tableFromIPC } from 'apache-arrow';
import { vectorFileBytes } from './vector-file.ts';
import type { VectorRows } from './vector-file.ts';

/** Rows of the input that one part takes: what a kill costs at most. */
const PART_ROWS = 1024;

/** What is encoded, row by row in a fixed order. */
export interface EncodeInput<Row> {
  /** JSON: all that decides the result. Parts of another key are thrown away. */
  readonly key: unknown;
  /** The rows from one on. */
  rowsFrom(start: number): AsyncIterable<Row>;
  /** Encodes rows in their order; those that can't be are left out. */
  encode(rows: readonly Row[]): Promise<VectorRows>;
}

/** How far the encoding is. */
export interface EncodeProgress {
  rowsDone: number;
}

/**
 * Encodes rows into one Arrow file. Until it is whole its parts lie beside it, in `FILE.parts`: the same call goes on after a kill, and
 * ends with the same bytes. Memory is that of one part.
 * @returns rows of the input that were seen, and rows that are in the file
 * @throws the signal's reason
 */
export async function encodeRows<Row>(
  input: EncodeInput<Row>,
  out: string,
  { onProgress = () => {}, signal }: { onProgress?: (progress: EncodeProgress) => void; signal?: AbortSignal | undefined } = {},
): Promise<{ seen: number; encoded: number }> {
  const folder = `${out}.parts`;
  const state = await openParts(folder, input.key);
  const add = async (rows: readonly Row[]): Promise<void> => {
    signal?.throwIfAborted();
    const encoded = await input.encode(rows);
    await writeAtomically(join(folder, partName(state.parts)), (handle) => handle.writeFile(vectorFileBytes(encoded)));
    state.parts += 1;
    state.seen += rows.length;
    state.encoded += encoded.ids.length;
    await writeState(folder, state);
    onProgress({ rowsDone: state.seen });
  };
  let rows: Row[] = [];
  for await (const row of input.rowsFrom(state.seen)) {
    rows.push(row);
    if (rows.length < PART_ROWS) continue;
    await add(rows);
    rows = [];
  }
  if (rows.length > 0 || state.parts === 0) await add(rows);
  await joinParts(folder, state.parts, out);
  await rm(folder, { recursive: true });
  return { seen: state.seen, encoded: state.encoded };
}

interface PartsState {
  key: string;
  parts: number;
  seen: number;
  encoded: number;
}

const STATE_FILE = 'state.json';
const partName = (index: number): string => `part-${String(index).padStart(6, '0')}.arrow`;

async function openParts(folder: string, key: unknown): Promise<PartsState> {
  const fresh: PartsState = { key: JSON.stringify(key), parts: 0, seen: 0, encoded: 0 };
  const text = await readFile(join(folder, STATE_FILE), 'utf8').catch(() => null);
  const stored = text === null ? fresh : (JSON.parse(text) as PartsState);
  if (stored.key === fresh.key && text !== null) return stored;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return fresh;
}

const writeState = (folder: string, state: PartsState): Promise<void> =>
  writeAtomically(join(folder, STATE_FILE), (handle) => handle.writeFile(JSON.stringify(state)));

async function joinParts(folder: string, parts: number, out: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  const writer = new RecordBatchFileWriter();
  const unfinished = join(folder, 'joined.arrow');
  const written = pipeline(writer.toNodeStream(), createWriteStream(unfinished));
  for (let index = 0; index < parts; index += 1) {
    for (const batch of tableFromIPC(await readFile(join(folder, partName(index)))).batches) writer.write(batch);
    // Lets the stream write before the next part is read.
    await setImmediate();
  }
  writer.finish();
  await written;
  await rename(unfinished, out);
}
