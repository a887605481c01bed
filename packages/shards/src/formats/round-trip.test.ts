import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arbitraryPair } from '../../test/support/arbitrary-pair.ts';
import { writeAtomically } from '../atomic-write.ts';
import { emptyPair } from '../empty-pair.ts';
import type { Pair } from '../pair.ts';
import { ownRecord, pairOfRecord } from './own-record.ts';
import { readRecords } from './read-parquet.ts';
import { writeParquet } from './write-parquet.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes rows as Parquet, pictures and all, and reads them back. */
async function throughParquet(rows: readonly Pair[]): Promise<Pair[]> {
  const path = join(folder, 'rows.parquet');
  await writeAtomically(path, (handle) => writeParquet(handle, rows));
  const read: Pair[] = [];
  for await (const group of readRecords({ path, name: 'rows.parquet', bytes: 0 })) {
    if (typeof group === 'string') throw new Error(group);
    for (const record of group) read.push({ ...pairOfRecord(record), image: (record['image'] ?? null) as Uint8Array | null });
  }
  return read;
}

// hyparquet makes an object of a map, in which this one key isn't kept.
const pair = arbitraryPair.filter(({ scores }) => !Object.hasOwn(scores, '__proto__'));

describe('rows of any content', () => {
  it('are the same after Parquet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 30 }), async (rows) => {
        expect(await throughParquet(rows)).toEqual(rows);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('are the same after JSON, but for the picture and numbers that JSON has no words for', () => {
    const { image: _, ...bare } = emptyPair({ id: 'A', source: 'web', outcome: 'ok' });
    const isPlain = (row: Pair): boolean =>
      [...(row.boxes ?? []).flat(), ...Object.values(row.scores)].every(
        (value) => Number.isFinite(value) && !Object.is(value, -0),
      );
    fc.assert(
      fc.property(pair.filter(isPlain), (row) => {
        const { image: __, ...expected } = row;
        expect(pairOfRecord(JSON.parse(JSON.stringify(ownRecord(row))) as Record<string, unknown>)).toEqual(expected);
      }),
      { numRuns: 200, seed: 6 },
    );
    expect(() => pairOfRecord({ ...bare, sha256: 'x' })).toThrow('sha256 holds no hash');
    expect(() => pairOfRecord({ ...bare, texts: [{ kind: 1 }] })).toThrow('texts holds what is no text');
    expect(() => pairOfRecord({ ...bare, width: '3' })).toThrow('width holds a string instead of a number');
  });

  it('a picture of no bytes, none, and one of 20 MB', async () => {
    const base = { source: 'local', outcome: 'ok', texts: [{ kind: 'alt', text: '𠮷野家\0' }] } as const;
    const big = new Uint8Array(20 * 2 ** 20).fill(9);
    const rows = [new Uint8Array(0), null, big].map((image, index) =>
      emptyPair({ ...base, id: `R${index}`, texts: [...base.texts], image }),
    );
    const read = await throughParquet(rows);
    expect(Buffer.compare(read[2]!.image!, big)).toBe(0);
    expect(read.map((row) => ({ ...row, image: row.image?.byteLength }))).toEqual(
      rows.map((row) => ({ ...row, image: row.image?.byteLength })),
    );
  });
});
