import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { AsyncByteQueue, RecordBatchFileWriter } from 'apache-arrow';
import { PAIR_SCHEMA } from './arrow-schema.ts';
import { encodeRows, shardDictionaries } from './encode-rows.ts';
import type { Pair } from './pair.ts';
import { storageOf } from './storage/storage.ts';

/** A reader holds one record batch at a time, so both bounds are small. */
const MAX_BATCH_ROWS = 64;
const MAX_BATCH_BYTES = 16 * 2 ** 20;

/** Hands over what the Arrow writer has made so far, instead of queueing it for a stream. */
class ChunkCollector extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];
  #whole = Buffer.alloc(0);

  override write(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** @returns bytes that are there until the next call */
  take(): Uint8Array {
    const bytes = this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes > this.#whole.length) this.#whole = Buffer.allocUnsafeSlow(bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      this.#whole.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [];
    return this.#whole.subarray(0, bytes);
  }
}

/**
 * Writes rows as one Arrow IPC file, atomically, a record batch at a time. Equal rows give equal bytes.
 * @param rows at least one; already checked
 * @returns size of the file in bytes, and the hexadecimal SHA-256 of its bytes
 * @throws DiskFullError; UserError DATASET_CHANGED if S3 has a file of the name and other bytes
 */
export function writeShard(path: string, rows: readonly Pair[]): Promise<ShardBytes> {
  return storageOf(path).write(path, (handle) => encodeShard(rows, (chunk) => handle.writeFile(chunk)), 'create');
}

export interface ShardBytes {
  bytes: number;
  /** Hexadecimal, of the bytes of the file. */
  sha256: string;
}

/** Encodes rows as {@link writeShard} writes them, a record batch at a time. */
export async function encodeShard(rows: readonly Pair[], take: (chunk: Uint8Array) => Promise<void>): Promise<ShardBytes> {
  const dictionaries = shardDictionaries(rows);
  const collector = new ChunkCollector();
  const writer = new RecordBatchFileWriter();
  writer.reset(collector, PAIR_SCHEMA);
  const hash = createHash('sha256');
  let bytes = 0;
  const drain = async (): Promise<void> => {
    const chunk = collector.take();
    hash.update(chunk);
    bytes += chunk.byteLength;
    await take(chunk);
  };
  for (const batch of batchesOf(rows)) {
    writer.write(encodeRows(batch, dictionaries));
    await drain();
  }
  writer.finish();
  await drain();
  return { bytes, sha256: hash.digest('hex') };
}

/** Bytes of a row's variable parts: what decides where shards and batches end. */
export function payloadBytes(row: Pair): number {
  let bytes = row.image?.byteLength ?? 0;
  for (const { text } of row.texts) bytes += text.length;
  return bytes;
}

function* batchesOf(rows: readonly Pair[]): Generator<Pair[]> {
  let batch: Pair[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += payloadBytes(row);
    if (batch.length >= MAX_BATCH_ROWS || bytes >= MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}
