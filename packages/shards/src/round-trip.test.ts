import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arbitraryPair } from '../test/support/arbitrary-pair.ts';
import { emptyPair, openDataset, readPairs } from './index.ts';
import type { Pair } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-round-trip-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function readAll(location: string): Promise<Pair[]> {
  const rows: Pair[] = [];
  for await (const batch of readPairs(location)) rows.push(...batch);
  return rows;
}

describe('rows written and read back', () => {
  it('are equal, whatever they hold and however they were appended', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryPair, { maxLength: 150 }),
        fc.integer({ min: 1, max: 60 }),
        async (rows, maxShardRows) => {
          const location = join(folder, String((run += 1)));
          const writer = await openDataset(location, { stage: 'test', recipe: {}, maxShardRows });
          for (let start = 0; start < rows.length; start += 40) await writer.append(rows.slice(start, start + 40));
          const manifest = await writer.finish();
          expect(manifest.totals.rows).toBe(rows.length);
          expect(await readAll(location)).toEqual(rows);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it('keep an empty text, an absent picture, a picture of no bytes and one of 20 MB apart', async () => {
    const big = new Uint8Array(20 * 2 ** 20).fill(7);
    const base = { source: 'local', outcome: 'ok' } as const;
    const rows = [
      emptyPair({ ...base, id: 'A', texts: [{ kind: 'alt', text: '' }] }),
      emptyPair({ ...base, id: 'B', image: new Uint8Array(0), texts: [{ kind: 'caption', text: '𠮷野家🐴' }] }),
      emptyPair({ ...base, id: 'C', image: big }),
      emptyPair({ ...base, id: 'D' }),
    ];
    const writer = await openDataset(folder, { stage: 'test', recipe: null });
    await writer.append(rows);
    await writer.finish();
    const read = await readAll(folder);
    expect(Buffer.compare(read[2]!.image!, big)).toBe(0);
    expect(read.map((row) => ({ ...row, image: row.image?.byteLength }))).toEqual(
      rows.map((row) => ({ ...row, image: row.image?.byteLength })),
    );
  });
});
