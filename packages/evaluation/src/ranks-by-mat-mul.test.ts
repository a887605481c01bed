import { describe, expect, it } from 'vitest';
import type { MatMul } from './mat-mul.ts';
import { roundingSlack } from './mat-mul.ts';
import { retrieval } from './retrieval.ts';
import { seededRandom } from './seeded-random.ts';
import type { Vectors } from './vectors.ts';

/** Sums in float32 from the last component to the first, as no other part of this package does. */
const backwards = {
  name: 'backwards',
  multiply(a: Float32Array, aRows: number, b: Float32Array, bRows: number, dim: number): Float32Array {
    const out = new Float32Array(aRows * bRows);
    for (let i = 0; i < aRows; i++) {
      for (let j = 0; j < bRows; j++) {
        let sum = 0;
        for (let d = dim - 1; d >= 0; d--) sum = Math.fround(sum + Math.fround(a[i * dim + d]! * b[j * dim + d]!));
        out[i * bRows + j] = sum;
      }
    }
    return out;
  },
} satisfies MatMul;

/** Rows of which many are equal, and many differ in the last bit alone. */
function nearlyEqualRows(rows: number, dim: number, seed: number): Vectors {
  const random = seededRandom(seed);
  const originals = Array.from({ length: 12 }, () => Float32Array.from({ length: dim }, () => random() - 0.5));
  const values = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) {
    const original = originals[Math.floor(random() * originals.length)]!;
    values.set(original, row * dim);
    if (row % 3 === 0) values[row * dim + Math.floor(random() * dim)]! *= 1 + 2 ** -22;
  }
  return { values, rows, dim };
}

describe('ranks by a product of matrices that rounds', () => {
  it.each(['index', 'optimistic', 'pessimistic'] as const)('are those of the exact scores, ties %s', async (ties) => {
    const [images, texts] = [nearlyEqualRows(2100, 19, 1), nearlyEqualRows(300, 19, 2)];
    const truth = Array.from({ length: texts.rows }, (_, text) => (text % 4 === 0 ? [text, text + 900] : [text]));
    const input = { images, texts, truth, ties, captionPolicy: 'two images for some', bootstrap: null };
    const [fast, exact] = [await retrieval({ ...input, matMul: backwards }), await retrieval(input)];
    expect(fast).toEqual(exact);
    expect(exact.t2i.tiedQueries).toBeGreaterThan(100);
  });

  it('allow for the rounding of long sums', () => {
    const dim = 4096;
    const random = seededRandom(3);
    let farthest = 0;
    for (let pair = 0; pair < 200; pair++) {
      const [a, b] = [0, 1].map(() => Float32Array.from({ length: dim }, () => random() / Math.sqrt(dim / 3))) as [
        Float32Array,
        Float32Array,
      ];
      const exact = a.reduce((sum, value, d) => sum + value * b[d]!, 0);
      farthest = Math.max(farthest, Math.abs(backwards.multiply(a, 1, b, 1, dim)[0]! - exact));
    }
    expect(farthest).toBeLessThan(roundingSlack(dim));
    expect(farthest).toBeGreaterThan(0);
  });

  it('stop when they are told to', async () => {
    const [images, texts] = [nearlyEqualRows(10, 3, 1), nearlyEqualRows(10, 3, 2)];
    const truth = Array.from({ length: 10 }, (_, text) => [text]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(retrieval({ images, texts, truth, captionPolicy: 'one', matMul: backwards, signal })).rejects.toThrow('enough');
  });
});
