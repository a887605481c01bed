import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EncodeInput, encodeRows } from '../encode/encode-rows.ts';
import { readVectorFile, type VectorRows } from '../encode/vector-file.ts';
import { seededUniform } from '../seeded.ts';
import { openVectorIndex, type VectorIndex } from './vector-index.ts';

const ROWS = 12_000;
const DIM = 64;
const CLUSTERS = 150;
const QUERIES = 100;

/** Unit vectors around centres, as a trained model's: a row's own is the sum of its centre's and noise. */
function unitVector(seed: string, row: number): Float32Array {
  const cluster = Math.floor(seededUniform('cluster', seed, row) * CLUSTERS);
  const normal = (...name: (string | number)[]): number =>
    Math.sqrt(-2 * Math.log(1 - seededUniform('radius', ...name))) * Math.cos(2 * Math.PI * seededUniform('angle', ...name));
  const values = Float32Array.from({ length: DIM }, (_, axis) => normal('centre', cluster, axis) + 0.5 * normal(seed, row, axis));
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

const input = (rows: number): EncodeInput<number> => ({
  key: rows,
  async *rowsFrom(start) {
    for (let row = start; row < rows; row++) yield row;
  },
  encode: async (rows): Promise<VectorRows> => {
    const values = new Float32Array(rows.length * DIM);
    for (const [index, row] of rows.entries()) values.set(unitVector('row', row), index * DIM);
    return { ids: rows.map(String), texts: rows.map((row) => `第${row}行`), imageUrls: rows.map(() => null), values, dim: DIM };
  },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-index-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe(openVectorIndex, { timeout: 120_000 }, () => {
  let file: string;
  let index: VectorIndex;
  let stored: VectorRows;
  const said: number[] = [];
  beforeAll(async () => {
    file = join(folder, 'pictures.arrow');
    await encodeRows(input(ROWS), file);
    stored = await readVectorFile(file);
    index = await openVectorIndex(file, { onProgress: ({ rowsDone }) => said.push(rowsDone) });
  }, 120_000);
  afterAll(() => index.close());

  it('finds at least 98 of 100 of the ten best, with their scores in full', async () => {
    expect([index.rows, index.dim, said.at(-1)]).toEqual([ROWS, DIM, ROWS]);
    let hits = 0;
    for (let query = 0; query < QUERIES; query++) {
      const vector = unitVector('query', query);
      const scores = Array.from({ length: ROWS }, (_, row) => {
        let sum = 0;
        for (let axis = 0; axis < DIM; axis++) sum += vector[axis]! * stored.values[row * DIM + axis]!;
        return { row, score: sum };
      });
      const best = scores.toSorted((left, right) => right.score - left.score).slice(0, 10);
      const found = await index.search(vector, 10);
      expect(found).toHaveLength(10);
      for (const { id, text, score } of found) {
        expect(text).toBe(`第${id}行`);
        expect(score).toBe(scores[Number(id)]!.score);
      }
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((left, right) => right - left));
      const ids = new Set(found.map(({ id }) => Number(id)));
      hits += best.filter(({ row }) => ids.has(row)).length;
    }
    expect(hits / (10 * QUERIES)).toBeGreaterThanOrEqual(0.98);
  });

  it('is built once for a file, and anew for another of its name', async () => {
    const indexes = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.usearch'));
    const before = await indexes();
    expect(before).toHaveLength(1);
    const built = said.length;
    const again = await openVectorIndex(file, { onProgress: ({ rowsDone }) => said.push(rowsDone) });
    expect(again.rows).toBe(ROWS);
    await again.close();
    expect(said).toHaveLength(built);

    await encodeRows(input(40), file);
    await utimes(file, 1, 1);
    const other = await openVectorIndex(file);
    expect(other.rows).toBe(40);
    const [first] = await other.search(unitVector('row', 7), 3);
    expect(first).toMatchObject({ id: '7', text: '第7行', imageUrl: null, score: expect.closeTo(1, 5) as number });
    expect(await other.search(unitVector('row', 7), 100)).toHaveLength(40);
    await other.close();
    expect(await indexes()).toHaveLength(1);
    expect(await indexes()).not.toEqual(before);
  });
});

describe('openVectorIndex, refusing', () => {
  it('names a file that holds no vectors, and a query of another length', async () => {
    const file = join(folder, 'odd.arrow');
    await writeFile(file, 'no vectors');
    await expect(openVectorIndex(file)).rejects.toThrow(`${file} is no file of vectors that \`wenlan encode\` wrote`);
    await expect(openVectorIndex(join(folder, 'absent.arrow'))).rejects.toThrow('absent.arrow is no file of vectors');
    await encodeRows(input(0), file);
    const empty = await openVectorIndex(file);
    expect(await empty.search(new Float32Array(DIM), 5)).toEqual([]);
    await expect(empty.search(new Float32Array(3), 5)).rejects.toThrow(`the query has 3 numbers, the vectors ${DIM}`);
    await empty.close();
  });

  it('says in a sentence that its library has no build for the machine', { timeout: 60_000 }, async () => {
    const file = join(folder, 'elsewhere.arrow');
    await encodeRows(input(10), file);
    const child = join(import.meta.dirname, '../../test/support/index-child.ts');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@wenlan/source', '--import', 'tsx', child, file],
      { env: { ...process.env, npm_config_platform: 'plan9' }, encoding: 'utf8' }, // what node-gyp-build looks for
    );
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'INDEX_UNAVAILABLE',
      exitStatus: 2,
      message: expect.stringMatching(
        /^The approximate index needs usearch, .*; run `npm rebuild usearch`, or search exactly\.$/,
      ) as string,
    });
  });

  it('stops when it is told to, leaving nothing', async () => {
    const file = join(folder, 'stopped.arrow');
    await encodeRows(input(10), file);
    await expect(openVectorIndex(file, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped.arrow.'))).toEqual([]);
  });
});
