import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectors } from '../test/matrices.ts';
import { topMatches } from './top-matches.ts';

const point = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 });

describe(topMatches, () => {
  it('lists the best rows first, of equal scores the lower', () => {
    const gallery = vectors([
      [0, 1],
      [1, 0],
      [1, 0],
      [0.5, 0],
    ]);
    expect(topMatches(vectors([[1, 0]]), gallery, 3)).toEqual([
      [
        { row: 1, score: 1 },
        { row: 2, score: 1 },
        { row: 3, score: 0.5 },
      ],
    ]);
    expect(topMatches(vectors([[1, 0]]), gallery, 9)[0]).toHaveLength(4);
  });

  it('agrees with sorting the gallery', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 70 }),
        fc.array(point, { minLength: 1, maxLength: 260 }),
        fc.integer({ min: 1, max: 12 }),
        (queries, gallery, k) => {
          const found = topMatches(vectors(queries), vectors(gallery), k);
          const expected = queries.map((query) =>
            gallery
              .map((row, index) => ({ row: index, score: row.reduce((sum, value, d) => sum + value * query[d]!, 0) + 0 }))
              .toSorted((a, b) => b.score - a.score || a.row - b.row)
              .slice(0, k),
          );
          expect(found.map((list) => list.map(({ row, score }) => ({ row, score: score + 0 })))).toEqual(expected);
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  it.each([
    ['k of 0', 0, [[1, 0]], 'TOP_K', 'k is 0'],
    ['half a k', 1.5, [[1, 0]], 'TOP_K', 'k is 1.5'],
    ['another dim', 1, [[1]], 'VECTORS_SHAPE', 'queries have dim 2, the gallery 1'],
    ['NaN', 1, [[1, Number.NaN]], 'VECTORS_NOT_FINITE', 'gallery row 0, column 1 is NaN'],
  ])('refuses %s by name', (_, k, gallery, code, sentence) => {
    expect(() => topMatches(vectors([[1, 0]]), vectors(gallery), k)).toThrow(
      expect.objectContaining({ code, exitStatus: 2, message: expect.stringContaining(sentence) }),
    );
  });
});
