import type { FileHandle } from 'node:fs/promises';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { COLUMNS, SCHEMA_NAME } from '../arrow-schema.ts';
import type { Pair } from '../pair.ts';
import { payloadBytes } from '../shard-writer.ts';
import { PARQUET_SCHEMA } from './parquet-schema.ts';

const MAX_GROUP_ROWS = 1000;
const MAX_GROUP_BYTES = 64 * 2 ** 20;

/** Writes rows as a Parquet file: snappy pages, pictures as they are, row groups of at most 1,000 rows or 64 MB. */
export async function writeParquet(handle: FileHandle, rows: readonly Pair[]): Promise<void> {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await handle.writeFile(new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: PARQUET_SCHEMA,
    kvMetadata: [{ key: 'wenlan', value: SCHEMA_NAME }],
    createdBy: '@wenlan/shards',
  });
  for (const group of groupsOf(rows)) {
    // Looking for a dictionary of pictures, or for the smallest of them, costs more than writing them.
    const columnData = COLUMNS.map((name) => ({
      name,
      data: group.map((row) => cell(row, name)),
      ...(name === 'image' && ({ codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const)),
    }));
    await writer.write({ columnData, rowGroupSize: group.length });
    await flush();
  }
  await writer.finish();
  await flush();
}

function cell(row: Pair, name: keyof Pair): unknown {
  if (name === 'scores') return Object.entries(row.scores).map(([name, value]) => ({ name, value }));
  if (name === 'fetchedAt') return row.fetchedAt === null ? null : BigInt(row.fetchedAt);
  return row[name];
}

function* groupsOf(rows: readonly Pair[]): Generator<Pair[]> {
  let group: Pair[] = [];
  let bytes = 0;
  for (const row of rows) {
    group.push(row);
    bytes += payloadBytes(row);
    if (group.length >= MAX_GROUP_ROWS || bytes >= MAX_GROUP_BYTES) {
      yield group;
      group = [];
      bytes = 0;
    }
  }
  if (group.length > 0) yield group;
}
