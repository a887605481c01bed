import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneToOne, vectors, withScores } from '../test/matrices.ts';
import { retrieval } from './retrieval.ts';
import type { RetrievalInput } from './retrieval.ts';
import type { DirectionResult } from './retrieval-result.ts';
import { seededRandom } from './seeded-random.ts';
import type { Truth } from './truth.ts';
import type { TieRule } from './rank-counts.ts';
import type { Vectors } from './vectors.ts';

const captionPolicy = 'as the test says';
const recalls = (direction: DirectionResult): number[] => direction.recall.map((entry) => entry.percent);

describe(retrieval, () => {
  it('gives the ranks of a matrix worked by hand', async () => {
    const scores = [
      [0.9, 0.5, 0.1], // image 0: its text 0 first
      [0.8, 0.7, 0.2], // image 1: its text 1 second
      [0.6, 0.3, 0.0], // image 2: its text 2 third
    ];
    const result = await retrieval({ ...withScores(scores), truth: oneToOne(3), recallAt: [1, 2, 3], captionPolicy });
    expect(recalls(result.i2t)).toEqual([100 / 3, 200 / 3, 100]);
    expect(result.i2t).toMatchObject({ queries: 3, gallery: 3, medianRank: 2, meanRank: 2, tiedQueries: 0 });
    // Texts: 0 → images 0, 1, 2 (rank 1); 1 → images 1, 0, 2 (rank 1); 2 → images 1, 0, 2 (rank 3).
    expect(recalls(result.t2i)).toEqual([200 / 3, 200 / 3, 100]);
    expect(result.t2i).toMatchObject({ medianRank: 1, meanRank: 5 / 3, ranks: Uint32Array.of(1, 1, 3) });
    expect(result.mean.map((entry) => entry.percent)).toEqual([50, 200 / 3, 100]);
    expect(result.i2t.MR3).toBeCloseTo((100 / 3 + 100 + 100) / 3, 12);
    expect(result.Rsum).toBeCloseTo(100 / 3 + 200 / 3 + 400, 10);
    expect(result.MR6).toBeCloseTo(result.Rsum / 6, 12);
  });

  it('counts a query as answered by any of several captions or images', async () => {
    // Two images with two captions each, and a fifth text that belongs to both.
    const scores = [
      [0.1, 0.5, 0.9, 0.2, 0.3],
      [0.9, 0.8, 0.1, 0.2, 0.7],
    ];
    const truth = [[0], [0], [1], [1], [0, 1]];
    const result = await retrieval({ ...withScores(scores), truth, recallAt: [1, 2, 3], captionPolicy });
    // Image 0 wants 0, 1 or 4: order 2, 1, 4 → rank 2. Image 1 wants 2, 3 or 4: order 0, 1, 4 → rank 3.
    expect(recalls(result.i2t)).toEqual([0, 50, 100]);
    expect(result.i2t).toMatchObject({ queries: 2, gallery: 5, medianRank: 2.5, meanRank: 2.5 });
    // Texts 0 and 1 are closer to image 1, 2 to image 0; 3 is a tie that the lower row wins; 4 has both right.
    expect(recalls(result.t2i)).toEqual([20, 100, 100]);
    expect(result.t2i).toMatchObject({ queries: 5, gallery: 2, tiedQueries: 1 });
    expect(result.conditions).toMatchObject({
      relevantPairs: 6,
      mostRightAnswers: { i2t: 3, t2i: 2 },
      images: 2,
      texts: 5,
      captionPolicy,
    });
  });

  it('obeys the tie rule asked for', async () => {
    const scores = Array.from({ length: 4 }, () => [1, 1, 1, 1]); // a collapsed model
    const ranks = async (ties: TieRule): Promise<number[]> => {
      const result = await retrieval({ ...withScores(scores), truth: oneToOne(4), ties, captionPolicy });
      expect(result.i2t.tiedQueries).toBe(4);
      expect(result.conditions.ties).toBe(ties);
      return [result.i2t.meanRank, result.t2i.meanRank];
    };
    expect(await ranks('index')).toEqual([2.5, 2.5]);
    expect(await ranks('optimistic')).toEqual([1, 1]);
    expect(await ranks('pessimistic')).toEqual([4, 4]);
  });

  it('does not hold a right answer against another under the pessimistic rule', async () => {
    const result = await retrieval({
      ...withScores([[1, 1, 1]]),
      truth: [[0], [0], [0]],
      ties: 'pessimistic',
      captionPolicy,
    });
    expect(result.i2t).toMatchObject({ meanRank: 1, tiedQueries: 0 });
  });

  it('keeps images without a text in the gallery and asks nothing of them', async () => {
    const scores = [[0.5], [0.9], [0.1]];
    const result = await retrieval({ ...withScores(scores), truth: [[0]], captionPolicy });
    expect(result.i2t).toMatchObject({ queries: 1, gallery: 1, meanRank: 1 });
    expect(result.t2i).toMatchObject({ queries: 1, gallery: 3, meanRank: 2 });
    expect(result.conditions.imagesWithoutText).toBe(2);
    expect(result.i2t.queryRows).toEqual(Uint32Array.of(0));
  });

  it('agrees with sorting every row, on random matrices full of ties and larger than a tile', async () => {
    const shapes = fc.record({
      images: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.integer({ min: 250, max: 270 })),
      texts: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 14 }) }, fc.integer({ min: 90, max: 200 })),
      dim: fc.integer({ min: 1, max: 7 }),
      levels: fc.integer({ min: 1, max: 6 }),
      seed: fc.integer(),
      ties: fc.constantFrom('index' as const, 'optimistic' as const, 'pessimistic' as const),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ images, texts, dim, levels, seed, ties }) => {
        const random = seededRandom(seed);
        const draw = (rows: number): Vectors => ({
          values: Float32Array.from({ length: rows * dim }, () => Math.floor(random() * levels) - 1),
          rows,
          dim,
        });
        const input = { images: draw(images), texts: draw(texts) };
        const truth = Array.from({ length: texts }, () => [
          ...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * images))),
        ]);
        const result = await retrieval({ ...input, truth, recallAt: [1, 2, 5, 10], ties, captionPolicy, bootstrap: null });
        const expected = sortedRanks(input.images, input.texts, truth, ties);
        for (const way of ['i2t', 't2i'] as const) {
          const ranks = expected[way];
          expect(recalls(result[way])).toEqual(
            [1, 2, 5, 10].map((k) => (100 * ranks.filter((rank) => rank <= k).length) / ranks.length),
          );
          expect(result[way].meanRank).toBeCloseTo(ranks.reduce((a, b) => a + b, 0) / ranks.length, 9);
        }
      }),
      { numRuns: 150, seed: 20210311 },
    );
  });

  it('gives equal scores to equal vectors wherever they lie in the tiles', async () => {
    const random = seededRandom(5);
    const dim = 37;
    const row = Array.from({ length: dim }, () => random() - 0.5);
    const same = vectors(Array.from({ length: 301 }, () => row));
    const result = await retrieval({ images: same, texts: same, truth: oneToOne(301), ties: 'optimistic', captionPolicy });
    expect(result.i2t).toMatchObject({ meanRank: 1, tiedQueries: 301 });
    expect(result.t2i).toMatchObject({ meanRank: 1, tiedQueries: 301 });
  });

  it('reaches the chance level with vectors that know nothing', async () => {
    const random = seededRandom(11);
    const noise = (rows: number): Vectors => ({
      values: Float32Array.from({ length: rows * 8 }, () => random() - 0.5),
      rows,
      dim: 8,
    });
    const texts = 900;
    const truth = Array.from({ length: texts }, (_, text) => [text % 300]);
    const { i2t, t2i } = await retrieval({
      images: noise(300),
      texts: noise(texts),
      truth,
      recallAt: [1, 5, 10, 30],
      captionPolicy,
    });
    expect(i2t.recall.at(-1)!.chance).toBeCloseTo(100 * (1 - (870 * 869 * 868) / (900 * 899 * 898)), 0);
    expect(i2t.recall.at(-1)!.timesChance).toBeGreaterThan(0.5);
    expect(i2t.recall.at(-1)!.timesChance).toBeLessThan(1.6);
    expect(t2i.recall.at(-1)!).toMatchObject({ k: 30, chance: expect.closeTo(10, 10) });
    expect(t2i.recall.at(-1)!.timesChance).toBeGreaterThan(0.6);
    expect(t2i.recall.at(-1)!.timesChance).toBeLessThan(1.4);
  });

  it('describes how the figures were made', async () => {
    const { conditions } = await retrieval({
      ...withScores([
        [1, 0],
        [0, 1],
      ]),
      truth: oneToOne(2),
      captionPolicy: 'first caption',
      notes: { split: 'test' },
      bootstrap: { seed: 3, resamples: 50 },
    });
    expect(conditions).toMatchObject({
      directions: { i2t: '2 image queries, gallery of 2 texts', t2i: '2 text queries, gallery of 2 images' },
      captionPolicy: 'first caption',
      notes: { split: 'test' },
      interval: { seed: 3, resamples: 50, confidence: 0.95, groups: 2 },
    });
  });

  it('reports progress up to all pairs and stops when told', async () => {
    const many: Vectors = { values: new Float32Array(2000 * 256).fill(0.1), rows: 2000, dim: 256 };
    const seen: number[] = [];
    const input = { images: many, texts: many, truth: oneToOne(2000), captionPolicy, bootstrap: null };
    await retrieval({ ...input, onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBeGreaterThan(3);
    const stop = new AbortController();
    const stopped = retrieval({ ...input, signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
  });

  const good: RetrievalInput = {
    ...withScores([
      [1, 0],
      [0, 1],
    ]),
    truth: [[0], [1]],
    captionPolicy,
  };
  const square = (change: (values: Float32Array) => void): Vectors => {
    const values = new Float32Array(4);
    change(values);
    return { values, rows: 2, dim: 2 };
  };
  it.each<[string, Partial<RetrievalInput>, string, string]>([
    ['NaN', { texts: square((v) => v.fill(Number.NaN, 3)) }, 'VECTORS_NOT_FINITE', 'texts row 1, column 1 is NaN'],
    ['Infinity', { images: square((v) => v.fill(Infinity, 0, 1)) }, 'VECTORS_NOT_FINITE', 'images row 0, column 0 is Infinity'],
    [
      'a wrong length',
      { images: { values: new Float32Array(5), rows: 2, dim: 2 } },
      'VECTORS_SHAPE',
      '5 numbers, but 2 rows × dim 2 are 4',
    ],
    ['no rows', { images: { values: new Float32Array(0), rows: 0, dim: 2 } }, 'VECTORS_SHAPE', 'images has 0 rows'],
    ['no components', { images: { values: new Float32Array(0), rows: 2, dim: 0 } }, 'VECTORS_SHAPE', 'images has dim 0'],
    ['two dims', { texts: vectors([[1], [0]]) }, 'VECTORS_SHAPE', 'images have dim 2, texts 1'],
    ['a short truth', { truth: [[0]] }, 'TRUTH_SHAPE', 'truth has 1 entries for 2 texts'],
    ['a text without images', { truth: [[0], []] }, 'TRUTH_MISSING', 'truth of text 1 is empty'],
    [
      'a row out of range',
      { truth: [[0], [2]] },
      'TRUTH_RANGE',
      'truth of text 1 names image row 2; rows are whole numbers from 0 to 1',
    ],
    ['half a row', { truth: [[0.5], [1]] }, 'TRUTH_RANGE', 'truth of text 0 names image row 0.5'],
    ['a row named twice', { truth: [[0, 0], [1]] }, 'TRUTH_DUPLICATE', 'truth of text 0 names image row 0 twice'],
    ['R@0', { recallAt: [0, 1] }, 'RECALL_AT', 'recallAt is [0, 1]'],
    ['no K', { recallAt: [] }, 'RECALL_AT', 'recallAt is []'],
    ['K in disorder', { recallAt: [5, 1] }, 'RECALL_AT', 'ascending order'],
    [
      'an unknown tie rule',
      { ties: 'random' as TieRule },
      'TIE_RULE',
      'ties is "random"; choose index, optimistic or pessimistic',
    ],
    ['no resamples', { bootstrap: { resamples: 0 } }, 'BOOTSTRAP_OPTIONS', 'bootstrap resamples is 0'],
    ['a seed that is none', { bootstrap: { seed: 0.5 } }, 'BOOTSTRAP_OPTIONS', 'bootstrap seed is 0.5'],
    ['confidence in per cent', { bootstrap: { confidence: 95 } }, 'BOOTSTRAP_OPTIONS', 'bootstrap confidence is 95'],
  ])('refuses %s by name', async (_, change, code, sentence) => {
    await expect(retrieval({ ...good, ...change })).rejects.toMatchObject({
      name: 'UserError',
      code,
      exitStatus: 2,
      message: expect.stringContaining(sentence),
    });
  });
});

/** Sorts the whole gallery of every query, as a script for small galleries would. */
function sortedRanks(images: Vectors, texts: Vectors, truth: Truth, ties: TieRule): { i2t: number[]; t2i: number[] } {
  const score = (image: number, text: number): number => {
    let sum = 0;
    for (let d = 0; d < images.dim; d++) sum += images.values[image * images.dim + d]! * texts.values[text * texts.dim + d]!;
    return sum;
  };
  const rank = (gallery: number, right: Set<number>, scoreOf: (row: number) => number): number => {
    const wrongFirst = (row: number): number => (right.has(row) ? 1 : 0);
    const order = Array.from({ length: gallery }, (_, row) => row).toSorted((a, b) => {
      if (scoreOf(a) !== scoreOf(b)) return scoreOf(b) - scoreOf(a);
      if (ties === 'index') return a - b;
      return ties === 'pessimistic' ? wrongFirst(a) - wrongFirst(b) : wrongFirst(b) - wrongFirst(a);
    });
    return 1 + order.findIndex((row) => right.has(row));
  };
  const rightOfImage = Array.from(
    { length: images.rows },
    (_, image) => new Set(truth.flatMap((rows, text) => (rows.includes(image) ? [text] : []))),
  );
  return {
    t2i: truth.map((rows, text) => rank(images.rows, new Set(rows), (image) => score(image, text))),
    i2t: rightOfImage.flatMap((right, image) => (right.size > 0 ? [rank(texts.rows, right, (text) => score(image, text))] : [])),
  };
}
