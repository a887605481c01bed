import { describe, expect, it } from 'vitest';
import { vectors } from '../test/matrices.ts';
import { gatherVectors } from './vectors.ts';

describe(gatherVectors, () => {
  it('joins batches in their order', async () => {
    async function* batches(): AsyncGenerator<ReturnType<typeof vectors>> {
      yield vectors([[1, 2]]);
      yield { values: new Float32Array(0), rows: 0, dim: 2 };
      yield vectors([
        [3, 4],
        [5, 6],
      ]);
    }
    expect(await gatherVectors('images', batches())).toEqual({ values: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, dim: 2 });
  });

  it.each([
    ['batches of two dims', [vectors([[1, 2]]), vectors([[1]])], 'VECTORS_SHAPE', 'images batch 1 has dim 1, earlier ones 2'],
    ['nothing', [], 'VECTORS_SHAPE', 'images has 0 rows'],
    ['NaN', [vectors([[1]]), vectors([[Number.NaN]])], 'VECTORS_NOT_FINITE', 'images batch 1 row 0, column 0 is NaN'],
  ])('refuses %s by name', async (_, batches, code, sentence) => {
    await expect(gatherVectors('images', batches)).rejects.toMatchObject({
      code,
      exitStatus: 2,
      message: expect.stringContaining(sentence),
    });
  });
});
