import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRows } from '../../test/support/sample-rows.ts';
import { writeAtomically } from '../atomic-write.ts';
import { openDataset } from '../dataset-writer.ts';
import { ImageRefused } from './foreign-row.ts';
import type { ForeignRow } from './foreign-row.ts';
import { listInput } from './list-input.ts';
import type { ImportFormat } from './list-input.ts';
import { writeParquet } from './write-parquet.ts';

const FILES: Readonly<Record<ImportFormat, string>> = {
  parquet: 'a.parquet',
  arrow: 'a.arrow',
  webdataset: 'a.tar',
  list: 'a.csv',
  folder: 'a.jpg',
  'chinese-clip': 'a_imgs.tsv',
  brivl: 'a.jsonl',
  coco: 'a.json',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-damaged-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsOf(format: ImportFormat, name: string, bytes: Uint8Array): Promise<ForeignRow[]> {
  await writeFile(join(folder, name), bytes);
  const { files, read } = await listInput(join(folder, name), format);
  const rows: ForeignRow[] = [];
  for await (const row of read(files[0]!, { imageRoot: folder, columns: {}, advance: () => {} })) {
    await row.image?.().catch((error: unknown) => expect(error).toBeInstanceOf(ImageRefused));
    rows.push(row);
  }
  return rows;
}

describe('an input that is damaged', () => {
  it.each(Object.entries(FILES) as [ImportFormat, string][])(
    '%s of any bytes ends in rows, not in an error',
    async (format, name) => {
      const pieces = fc.oneof(
        fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
        fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .constantFrom('PAR1', 'ARROW1', '\n', '\t', ',', '"', '{"url": "', 'image,caption\n', '{"images": [', 'ustar')
          .map((text) => Buffer.from(text)),
      );
      const input = fc.array(pieces, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
      await fc.assert(
        fc.asyncProperty(input, async (bytes) => {
          await rowsOf(format, name, bytes);
        }),
        { numRuns: 40, seed: 9 },
      );
    },
  );

  it('a tar, cut at every kilobyte: all that is whole, and a bad row if more was to come', async () => {
    const archive = pack();
    const ends: number[] = [];
    let length = 0;
    for (let number = 0; number < 12; number += 1) {
      const image = Buffer.alloc(900 + 700 * number, number);
      archive.entry({ name: `${number}.jpg`, mtime: new Date(0) }, image);
      length += 512 + Math.ceil(image.length / 512) * 512;
      ends.push(length);
    }
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    for (let cut = 1024; cut < length; cut += 1024) {
      const rows = await rowsOf('webdataset', 'b.tar', bytes.subarray(0, cut));
      const whole = rows.filter(({ outcome }) => outcome === null).length;
      expect(whole).toBeGreaterThanOrEqual(ends.filter((end) => end <= cut).length);
      if (!ends.includes(cut)) expect(rows.at(-1)!.outcome).toBe('filtered:bad-row');
    }
  });

  it('a Parquet file, cut at every kilobyte or overwritten there', async () => {
    const path = join(folder, 'b.parquet');
    await writeAtomically(path, (handle) => writeParquet(handle, sampleRows(30, 900)));
    const bytes = await readFile(path);
    for (let at = 1024; at < bytes.length; at += 1024) {
      const cut = await rowsOf('parquet', 'c.parquet', bytes.subarray(0, at));
      expect(cut.map(({ outcome }) => outcome)).toEqual(['filtered:bad-row']);
      await rowsOf('parquet', 'c.parquet', Buffer.from(bytes).fill(0xee, at, at + 16));
    }
  });

  it('an Arrow file, cut at every kilobyte, or whose footer speaks of other places', async () => {
    const writer = await openDataset(join(folder, 'data'), { stage: 'test', recipe: {} });
    await writer.append(sampleRows(70, 900), 'train');
    const { shards } = await writer.finish();
    const bytes = await readFile(join(folder, 'data', shards[0]!.file));
    for (let at = 0; at < bytes.length; at += 1024) {
      const cut = await rowsOf('arrow', 'b.arrow', bytes.subarray(0, at));
      expect(cut.map(({ outcome }) => outcome)).toEqual(['filtered:bad-row']);
    }
    // A block of the footer is the offset of a record batch, here of the first, the length of its metadata, and that of its body.
    const footerAt = bytes.length - 10 - bytes.readInt32LE(bytes.length - 10);
    const first = Footer.decode(bytes.subarray(footerAt, -10)).getRecordBatch(0)!.offset;
    const blockAt = bytes.indexOf(Buffer.from(BigInt64Array.of(BigInt(first)).buffer), footerAt);
    for (const offset of [8n, BigInt(first + 8), 1n << 40n]) {
      const moved = Buffer.from(bytes);
      moved.writeBigInt64LE(offset, blockAt);
      const rows = await rowsOf('arrow', 'b.arrow', moved);
      expect(rows.map(({ outcome }) => outcome)).toEqual(['filtered:bad-row']);
      expect(rows[0]!.problem).toMatch(/^b\.arrow can't be read from here on: /);
    }
  });
});
