import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { CompressionType, compressionRegistry, MapRow, RecordBatchReader, StructRow, Vector } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import { compressors } from 'hyparquet-compressors';
import { badRow } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { decodeLz4Frame } from './lz4-frame.ts';
import { rowOfRecord } from './record-row.ts';

// apache-arrow frames compressed buffers, but brings no codec.
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
// It makes arrays of 64 bits of what a codec gives, which therefore has to begin at a multiple of eight.
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => compressors.ZSTD!(bytes, 0).slice() });

/** An Arrow IPC file begins and ends with it; before the end lies the length of the footer. */
const MAGIC = 'ARROW1';
const FEATHER_1_MAGIC = 'FEA1';
const TRAILER_BYTES = 4 + MAGIC.length;
/** What a footer says of one record batch: two numbers of 64 bits and one of 32, aligned (Arrow's File.fbs, `Block`). */
const BLOCK_BYTES = 24;
/** A read from a file fills one buffer. */
const MAX_BATCH_BYTES = 2 ** 31 - 1;

/**
 * Streams the rows of an Arrow IPC file (Feather version 2 is one) or of a stream, as `datasets` keeps its tables, a record
 * batch at a time. What can't be read becomes one bad row, after which nothing more of the file comes.
 */
export async function* readArrow(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  const handle = await open(file.path);
  let number = 0;
  try {
    await refuseDamaged(handle);
    for await (const batch of batchesOf(await RecordBatchReader.from(handle))) {
      // Less than a bit a row: a length that no file of this size can have.
      if (batch.numRows > file.bytes * 8) throw new RangeError(`a record batch can't have ${batch.numRows} rows`);
      for (const record of recordsOf(batch)) {
        const at = { where: `${file.name} row ${number}`, place: `${file.name}#${number}` };
        yield rowOfRecord(record, at, context);
        number += 1;
      }
    }
  } catch (error) {
    yield badRow(`${file.name} row ${number}`, `${file.name} can't be read from here on: ${(error as Error).message}`);
  } finally {
    await handle.close();
  }
  context.advance(file.bytes);
}

/** Asks for those of a file by number: its iterator comes back for ever to a place where something else lies. */
async function* batchesOf(reader: RecordBatchReader): AsyncGenerator<RecordBatch, void, undefined> {
  await reader.open();
  if (!reader.isFile()) {
    yield* reader;
    return;
  }
  for (let index = 0; index < reader.numRecordBatches; index += 1) {
    const batch = await reader.readRecordBatch(index);
    if (batch === null) throw new RangeError(`its record batch ${index} isn't where the footer says`);
    yield batch;
  }
}

/**
 * Looks at the ends of a file before apache-arrow does, which works through any number of record batches that a damaged footer
 * claims.
 * @throws RangeError
 */
async function refuseDamaged(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const begin = (await bytesAt(handle, 0, MAGIC.length)).toString('latin1');
  if (begin.startsWith(FEATHER_1_MAGIC)) throw new RangeError('it is Feather of version 1; write it again as version 2');
  if (size < MAGIC.length + TRAILER_BYTES) throw new RangeError(`it ends after ${size} bytes`);
  if (begin !== MAGIC) return; // A stream, which has no footer.
  const trailer = await bytesAt(handle, size - TRAILER_BYTES, TRAILER_BYTES);
  if (trailer.toString('latin1', 4) !== MAGIC)
    throw new RangeError(`it doesn't end as an Arrow file does, so it may be cut short`);
  const length = trailer.readInt32LE(0);
  const footerAt = size - TRAILER_BYTES - length;
  if (length <= 0 || footerAt < MAGIC.length) throw new RangeError(`its footer can't be ${length} bytes long`);
  const footer = Footer.decode(await bytesAt(handle, footerAt, length));
  if ((footer.numRecordBatches + footer.numDictionaries) * BLOCK_BYTES > length) throw new RangeError('its footer is damaged');
  for (const { offset, metaDataLength, bodyLength } of [...footer.recordBatches(), ...footer.dictionaryBatches()]) {
    if (offset < 0 || metaDataLength <= 0 || bodyLength < 0 || offset + metaDataLength + bodyLength > footerAt)
      throw new RangeError('its footer points outside the file');
    if (bodyLength > MAX_BATCH_BYTES) throw new RangeError('it has a record batch of more than 2 GB; write it with smaller ones');
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Rows as Parquet's reader gives them: objects, arrays, bytes, strings, numbers; times are milliseconds. */
function* recordsOf(batch: RecordBatch): Generator<Record<string, unknown>, void, undefined> {
  const columns = batch.schema.fields.map(({ name }, index) => ({ name, vector: batch.getChildAt(index)! }));
  for (let row = 0; row < batch.numRows; row += 1) {
    yield Object.fromEntries(columns.map(({ name, vector }) => [name, plain(vector.get(row))]));
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Vector) return Array.from(value, plain);
  if (value instanceof StructRow || value instanceof MapRow)
    return Object.fromEntries([...(value as Iterable<[string, unknown]>)].map(([name, item]) => [name, plain(item)]));
  return value;
}
