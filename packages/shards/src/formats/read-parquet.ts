import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { Compressors, FileMetaData, ParquetParsers } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { badRow } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { rowOfRecord } from './record-row.ts';

/** hyparquet holds a column of a row group in one buffer. */
const MAX_CHUNK_BYTES = 2 ** 31;

/** Times stay numbers: milliseconds since 1970. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros) => Number(micros / 1000n),
  timestampFromNanoseconds: (nanos) => Number(nanos / 1_000_000n),
};

/** An LZ4 page of nothing but nulls is one byte that stands for none, which the decompressor takes for damage. */
const DECOMPRESSORS: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputBytes: number) => (outputBytes === 0 ? new Uint8Array(0) : decompress(input, outputBytes)),
  ]),
);

/** Streams the rows of a Parquet file, a row group at a time. What can't be read becomes one bad row for each row group. */
export async function* readParquet(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  let number = 0;
  for await (const group of readRecords(file)) {
    if (typeof group === 'string') {
      yield badRow(`${file.name} row ${number}`, group);
    } else {
      for (const record of group) {
        const place = `${file.name}#${number}`;
        yield rowOfRecord(record, { where: `${file.name} row ${number}`, place }, context);
        number += 1;
      }
    }
  }
  context.advance(file.bytes);
}

/** Yields the records of each row group, or what is wrong with it. */
export async function* readRecords(file: InputFile): AsyncGenerator<Record<string, unknown>[] | string, void, undefined> {
  const buffer = await asyncBufferFromFile(file.path);
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(buffer);
  } catch (error) {
    yield `${file.name} is no Parquet file that can be read: ${(error as Error).message}`;
    return;
  }
  let rowStart = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(group.num_rows);
    const large = group.columns.find(({ meta_data: chunk }) => Number(chunk?.total_compressed_size ?? 0) > MAX_CHUNK_BYTES);
    if (large === undefined) {
      yield await parquetReadObjects({
        file: buffer,
        metadata,
        rowStart,
        rowEnd,
        compressors: DECOMPRESSORS,
        utf8: false,
        parsers: PARSERS,
      }).catch((error: unknown) => `row group ${index} of ${file.name} can't be read: ${(error as Error).message}`);
    } else {
      yield `row group ${index} of ${file.name} holds more than 2 GB in one column; write the file with smaller row groups`;
    }
    rowStart = rowEnd;
  }
}
