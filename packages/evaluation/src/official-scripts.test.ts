import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { retrieval } from './retrieval.ts';
import type { TieRule } from './rank-counts.ts';
import type { RetrievalResult } from './retrieval-result.ts';

/** Of each direction R@1, R@5 and R@10 in per cent. */
type Recalls = Record<'i2t' | 't2i', number[]>;

// `how` holds the script that made the figures with the official code
const { matrices } = JSON.parse(readFileSync(new URL('fixtures/retrieval-scripts.json', import.meta.url), 'utf8')) as {
  matrices: { chineseClip: Recalls; clipBenchmark: Recalls }[];
};

/** The matrices of the script: odd ones are full of ties, every third has texts of two pictures, most have several captions a picture. */
function matrix(m: number): Pick<Parameters<typeof retrieval>[0], 'images' | 'texts' | 'truth'> {
  let state = m;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const images = 12 + (m % 9);
  const texts = images * (1 + (m % 5));
  const draw = (): number => (m % 2 === 1 ? next() % 3 : next() / 2 ** 23 - 1);
  const rows = (count: number): { values: Float32Array; rows: number; dim: number } => ({
    values: Float32Array.from({ length: 4 * count }, draw),
    rows: count,
    dim: 4,
  });
  return {
    images: rows(images),
    texts: rows(texts),
    truth: Array.from({ length: texts }, (_, t) => (m % 3 === 0 && t % 4 === 0 ? [t % images, (t + 1) % images] : [t % images])),
  };
}

const recalls = ({ i2t, t2i }: RetrievalResult): Recalls => ({
  i2t: i2t.recall.map(({ percent }) => percent),
  t2i: t2i.recall.map(({ percent }) => percent),
});
const scored = async (m: number, ties: TieRule): Promise<RetrievalResult> =>
  await retrieval({ ...matrix(m), captionPolicy: 'of the fixture', ties, bootstrap: null });
const close = (values: number[]): number[] => values.map((value) => expect.closeTo(value, 8) as number);

describe('on 200 random matrices', () => {
  it('equals the scripts of Chinese-CLIP, which break ties by the order of the file', async () => {
    expect(matrices).toHaveLength(200);
    for (const [m, { chineseClip }] of matrices.entries()) {
      const found = recalls(await scored(m, 'index'));
      expect(found, `matrix ${m}`).toEqual({ i2t: close(chineseClip.i2t), t2i: close(chineseClip.t2i) });
    }
  });

  it('equals CLIP_benchmark, whose topk leaves the order of ties open', async () => {
    let tied = 0;
    for (const [m, { clipBenchmark }] of matrices.entries()) {
      const [best, worst] = [await scored(m, 'optimistic'), await scored(m, 'pessimistic')];
      if (best.i2t.tiedQueries + best.t2i.tiedQueries === 0) {
        expect(recalls(best), `matrix ${m}`).toEqual({ i2t: close(clipBenchmark.i2t), t2i: close(clipBenchmark.t2i) });
        continue;
      }
      tied += 1;
      for (const direction of ['i2t', 't2i'] as const) {
        for (const [column, recall] of clipBenchmark[direction].entries()) {
          expect(recall, `matrix ${m}`).toBeLessThanOrEqual(recalls(best)[direction][column]! + 1e-8);
          expect(recall, `matrix ${m}`).toBeGreaterThanOrEqual(recalls(worst)[direction][column]! - 1e-8);
        }
      }
    }
    expect(tied).toBe(100);
  });
});
