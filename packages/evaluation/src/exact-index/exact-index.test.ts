import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectors } from '../../test/matrices.ts';
import { seededRandom } from '../seeded-random.ts';
import { topMatches } from '../top-matches.ts';
import type { Vectors } from '../vectors.ts';
import { ExactIndex } from './exact-index.ts';

/** Unit vectors, all around one direction where `spread` is small. */
function directions(rows: number, dim: number, spread: number, seed: number): Vectors {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centre = Float64Array.from({ length: dim }, normal);
  const values = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row += 1) {
    const point = centre.map((value) => value + spread * normal());
    const norm = Math.hypot(...point);
    values.set(
      point.map((value) => value / norm),
      row * dim,
    );
  }
  return { values, rows, dim };
}

const rowOf = ({ values, dim }: Vectors, row: number): Float32Array => values.slice(row * dim, (row + 1) * dim);

describe(ExactIndex, () => {
  it.each([
    ['far apart', 100, 1],
    ['close together', 0.01, 1],
    ['nearly one point, closer than the whole numbers tell', 1e-5, 1],
    ['long', 1, 1e18],
    ['short', 1, 1e-18],
  ])('finds what topMatches finds, to the last bit, in vectors that are %s', (_, spread, scale) => {
    const gallery = directions(3000, 67, spread, 5);
    gallery.values.set(gallery.values.map((value) => value * scale));
    const queries = directions(20, 67, spread, 6);
    const index = new ExactIndex(gallery);
    const found = Array.from({ length: 20 }, (__, query) => index.search(rowOf(queries, query), 10));
    expect(found).toEqual(topMatches(queries, gallery, 10));
  });

  it('finds what topMatches finds in any whole numbers, equal scores and rows of nothing among them', () => {
    const point = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        point,
        fc.array(point, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (query, gallery, k) => {
          const found = new ExactIndex(vectors(gallery)).search(Float32Array.from(query), k);
          expect(found).toEqual(topMatches(vectors([query]), vectors(gallery), k)[0]);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  it('keeps sums within 32 bits where every component is as large as it can be', () => {
    const dim = 8192;
    const gallery = { values: new Float32Array(2 * dim).fill(1).fill(-1, dim), rows: 2, dim };
    expect(new ExactIndex(gallery).search(new Float32Array(dim).fill(1), 2)).toEqual([
      { row: 0, score: dim },
      { row: 1, score: -dim },
    ]);
  });

  it('searches more rows than one memory takes', () => {
    const rows = 140_000;
    const values = Float32Array.from({ length: rows * 2 }, (_, at) => (at % 2 === 0 ? Math.floor(at / 2) : 1));
    const index = new ExactIndex({ values, rows, dim: 2 });
    expect(index.search(Float32Array.of(1, 0), 3).map(({ row }) => row)).toEqual([139_999, 139_998, 139_997]);
    expect(index.search(Float32Array.of(-1, 0), 2).map(({ row }) => row)).toEqual([0, 1]);
  });

  it.each([
    ['k of 0', 0, [1, 0], 'TOP_K', 'k is 0'],
    ['another dim', 1, [1], 'VECTORS_SHAPE', 'queries have dim 1, the gallery 2'],
    ['NaN', 1, [1, Number.NaN], 'VECTORS_NOT_FINITE', 'queries row 0, column 1 is NaN'],
  ])('refuses %s by name', (_, k, query, code, sentence) => {
    const index = new ExactIndex(vectors([[1, 0]]));
    expect(() => index.search(Float32Array.from(query), k)).toThrow(
      expect.objectContaining({ code, exitStatus: 2, message: expect.stringContaining(sentence) }),
    );
  });

  it('refuses a gallery that is none', () => {
    expect(() => new ExactIndex({ values: new Float32Array(), rows: 0, dim: 2 })).toThrow(
      expect.objectContaining({ code: 'VECTORS_SHAPE' }),
    );
  });
});
