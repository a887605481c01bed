import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset } from '@wenlan/shards';
import { parquetWriteFile } from 'hyparquet-writer';
import parquet from 'parquetjs-lite';

/** Writes ids, texts and pictures of 20 KB, durably. Arguments: hyparquet-writer | parquetjs-lite | arrow, rows. */
const [library, rowCount] = process.argv.slice(2) as ['hyparquet-writer' | 'parquetjs-lite' | 'arrow', string];
const IMAGE_BYTES = 20 * 1024;
const GROUP_ROWS = 1000;

interface Row {
  id: string;
  text: string;
  image: Buffer;
}

const rows: Row[] = Array.from({ length: Number(rowCount) }, (_, number) => ({
  id: `id-${number}`,
  text: `第${number}张图`,
  // Bytes that don't compress, as those of a JPEG.
  image: Buffer.concat(
    Array.from({ length: IMAGE_BYTES / 32 }, (__, block) => createHash('sha256').update(`${number} ${block}`).digest()),
  ),
}));

async function writeWithHyparquet(path: string): Promise<void> {
  parquetWriteFile({
    filename: path,
    rowGroupSize: GROUP_ROWS,
    columnData: [
      { name: 'id', data: rows.map(({ id }) => id), type: 'STRING' },
      { name: 'text', data: rows.map(({ text }) => text), type: 'STRING' },
      {
        name: 'image',
        data: rows.map(({ image }) => image),
        type: 'BYTE_ARRAY',
        codec: 'UNCOMPRESSED',
        encoding: 'PLAIN',
        statistics: false,
      },
    ],
  });
  await sync(path);
}

async function writeWithParquetjs(path: string): Promise<void> {
  const schema = new parquet.ParquetSchema({
    id: { type: 'UTF8', compression: 'SNAPPY' },
    text: { type: 'UTF8', compression: 'SNAPPY' },
    image: { type: 'BYTE_ARRAY' },
  });
  const writer = await parquet.ParquetWriter.openFile(schema, path);
  writer.setRowGroupSize(GROUP_ROWS);
  for (const row of rows) await writer.appendRow({ ...row });
  await writer.close();
  await sync(path);
}

/** As a dataset is written: every shard is synced and hashed too. */
async function writeAsShards(path: string): Promise<void> {
  const writer = await openDataset(path, { stage: 'bench', recipe: {}, maxShardRows: GROUP_ROWS });
  for (const { id, text, image } of rows) {
    const texts = [{ kind: 'alt' as const, text }];
    await writer.append([emptyPair({ id, source: 'local', outcome: 'ok', image, texts })], 'train');
  }
  await writer.finish();
  await writer.close();
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

const write = { 'hyparquet-writer': writeWithHyparquet, 'parquetjs-lite': writeWithParquetjs, arrow: writeAsShards }[library];
const folder = await mkdtemp(join(tmpdir(), 'wenlan-parquet-write-'));
try {
  await write(join(folder, 'warm-up'));
  const startedAt = performance.now();
  await write(join(folder, 'timed'));
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${JSON.stringify({ items: (rows.length * IMAGE_BYTES) / 1e6, seconds })}\n`);
} finally {
  await rm(folder, { recursive: true });
}
