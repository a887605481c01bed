import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportDataset, forgetPairs, importDataset, openDataset, readManifest, readPairs, verifyDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleRows } from './support/sample-rows.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
/** What `fixtures/version-1` was written of, before rows had an author. */
const rows: Pair[] = sampleRows(4, 40).map((row) => ({ ...row, author: null }));

let folder: string;
let dataset: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-version-1-'));
  dataset = join(folder, 'data');
  await cp(fixture('version-1'), dataset, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function rowsOf(location: string): Promise<Pair[]> {
  const all: Pair[] = [];
  for await (const batch of readPairs(location)) all.push(...batch);
  return all.map((row) => ({ ...row, image: row.image && new Uint8Array(row.image) }));
}

describe('a dataset of version 1 of the schema', () => {
  it('is read as it was, and found sound', async () => {
    expect((await readManifest(dataset)).schema).toBe('wenlan-pair/1');
    expect(await rowsOf(dataset)).toEqual(rows);
    expect((await verifyDataset(dataset)).problems.map(({ problem }) => problem)).toEqual([]);
    const wanted = [];
    for await (const batch of readPairs(dataset, { columns: ['id'], where: 'scores.aspect > 0.3' })) wanted.push(...batch);
    expect(wanted.map(({ id }) => id)).toEqual([rows[2]!.id, rows[3]!.id]);
  });

  it('is parent to one of version 2, exported and forgotten in', async () => {
    const writer = await openDataset(join(folder, 'next'), { stage: 'test', recipe: {}, parents: [dataset] });
    await writer.append(await rowsOf(dataset), 'train');
    await writer.finish();
    expect(await rowsOf(join(folder, 'next'))).toEqual(rows);
    expect((await exportDataset(dataset, { out: join(folder, 'out'), format: 'parquet' })).rows).toBe(4);
    await forgetPairs(dataset, { ids: [rows[1]!.id] });
    expect((await rowsOf(dataset)).map(({ outcome }) => outcome)).toEqual(['ok', 'forgotten', 'ok', 'ok']);
    expect((await rowsOf(dataset))[2]).toEqual(rows[2]);
  });

  it('is imported from the Parquet file that it was exported to', async () => {
    await importDataset(fixture('version-1.parquet'), { out: join(folder, 'imported') });
    const imported = await rowsOf(join(folder, 'imported'));
    expect(imported.map(({ scores, author }) => ({ scores, author }))).toEqual(
      rows.map(({ scores }) => ({ scores, author: null })),
    );
  });
});
