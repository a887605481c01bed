import { describe, expect, it } from 'vitest';
import { vectors } from '../test/matrices.ts';
import { normalizeRows } from './normalize-rows.ts';

describe(normalizeRows, () => {
  it('gives rows of norm 1 in a copy', () => {
    const given = vectors([
      [3, 4],
      [0, -2],
    ]);
    expect(normalizeRows('images', given)).toEqual({ values: Float32Array.of(0.6, 0.8, 0, -1), rows: 2, dim: 2 });
    expect(given.values[0]).toBe(3);
    expect(normalizeRows('images', given, given.values).values).toBe(given.values);
    expect(given.values).toEqual(Float32Array.of(0.6, 0.8, 0, -1));
  });

  it('names a row of zeros', () => {
    expect(() => normalizeRows('texts', vectors([[1], [0]]))).toThrow(
      expect.objectContaining({
        code: 'VECTORS_ZERO',
        message: 'texts row 1 is all zeros and has no direction; encode it again, or leave it out.',
      }),
    );
  });
});
