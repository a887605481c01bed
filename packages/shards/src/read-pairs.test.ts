import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleRows } from '../test/support/sample-rows.ts';
import { openDataset, readPairs } from './index.ts';
import type { Pair, ReadOptions } from './index.ts';

const IMAGE_BYTES = 4000;
const rows = sampleRows(160, IMAGE_BYTES);
const train = rows.slice(0, 100);
const test = rows.slice(100);

let folder: string;
let location: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-read-'));
  location = join(folder, 'dataset');
  const writer = await openDataset(location, { stage: 'test', recipe: {}, maxShardRows: 80 });
  await writer.append([...train], 'train');
  await writer.append([...test], 'test');
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

async function collect(options?: ReadOptions): Promise<Pair[]> {
  const read: Pair[] = [];
  for await (const batch of readPairs(location, options)) read.push(...batch);
  return read;
}

/** Bytes that are read to be parsed, those of the checksum not counted, while some work is done. */
async function bytesParsed(work: () => Promise<unknown>): Promise<number> {
  const handle = await open(location, 'r');
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const spy = vi.spyOn(prototype, 'read');
  await work();
  const bytes = spy.mock.calls.reduce((sum, call) => sum + Number((call as unknown[])[2] ?? 0), 0);
  spy.mockRestore();
  return bytes;
}

describe(readPairs, () => {
  it('gives every row, in the order of the manifest, in arrays of at most 64', async () => {
    expect(await collect()).toEqual([...test, ...train]);
    for await (const batch of readPairs(location)) expect(batch.length).toBeLessThanOrEqual(64);
  });

  it('gives the splits asked for', async () => {
    expect(await collect({ splits: ['test'] })).toEqual(test);
    expect(await collect({ splits: [] })).toEqual([]);
  });

  it('reads only the columns asked for', async () => {
    const wanted = train.map(({ id, source, outcome, texts, band }) => ({ id, source, outcome, texts, band }));
    let read: Pair[] = [];
    const bytes = await bytesParsed(async () => {
      read = await collect({ splits: ['train'], columns: ['texts', 'band'] });
    });
    expect(read).toMatchObject(wanted);
    expect(read.every(({ image, scores }) => image === null && Object.keys(scores).length === 0)).toBe(true);
    const imageBytes = train.reduce((sum, { image }) => sum + (image?.byteLength ?? 0), 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(imageBytes / 4);
  });

  it('gives the rows that a condition holds for, and reads no more of a batch without any', async () => {
    const where: ReadOptions['where'] = ({ outcome, source }) => outcome === 'ok' && source === 'weibo';
    const expected = [...test, ...train].filter((row) => row.outcome === 'ok' && row.source === 'weibo');
    expect((await collect({ where, columns: ['image'] })).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(await collect({ splits: ['test'], where })).toEqual(expected.filter((row) => test.includes(row)));
    const bytes = await bytesParsed(() => collect({ where: () => false }));
    expect(bytes).toBeLessThan((160 * IMAGE_BYTES) / 4);
  });

  it('takes a condition on scores, source, outcome and others, and reads only what it looks at', async () => {
    const where = 'scores.aspect > 20 and outcome = ok and not source = weibo and width < 120';
    const expected = [...test, ...train].filter(
      (row) => row.scores['aspect']! > 20 && row.outcome === 'ok' && row.source !== 'weibo' && row.width! < 120,
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(await collect({ where })).toEqual(expected);
    expect(await collect({ where, splits: ['test'] })).toEqual(expected.filter((row) => test.includes(row)));
    expect((await collect({ where, columns: ['texts'] })).map(({ scores, texts }) => [scores, texts])).toEqual(
      expected.map(({ texts }) => [{}, texts]),
    );
    const bytes = await bytesParsed(() => collect({ where: 'scores.aspect > 1000' }));
    expect(bytes).toBeLessThan((160 * IMAGE_BYTES) / 4);
    await expect(collect({ where: 'colour = red' })).rejects.toMatchObject({ code: 'WHERE_INVALID', exitStatus: 2 });
  });

  it('refuses a column that rows have not, before it opens a shard', async () => {
    await expect(collect({ columns: ['text' as 'texts'] })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
      exitStatus: 2,
      message: expect.stringMatching(/^Rows have no column "text"; choose from id, source, .+, cluster\.$/) as string,
    });
  });

  it('lets the consumer stop', async () => {
    for await (const batch of readPairs(location)) {
      expect(batch).not.toEqual([]);
      break;
    }
  });
});
