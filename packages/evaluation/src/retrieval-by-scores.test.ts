import { describe, expect, it } from 'vitest';
import { rerank } from './rerank.ts';
import { retrieval } from './retrieval.ts';
import { retrievalByScores } from './retrieval-by-scores.ts';
import { seededRandom } from './seeded-random.ts';

const random = seededRandom(11);
const rows = (count: number, dim: number): { values: Float32Array; rows: number; dim: number } => ({
  values: Float32Array.from({ length: count * dim }, () => Math.round(4 * random())), // ties aplenty
  rows: count,
  dim,
});
const images = rows(23, 3);
const texts = rows(31, 3);
const truth = Array.from({ length: 31 }, (_, text) => [...new Set([text % 20, (text * 7) % 20])]);
const captionPolicy = 'each row is a text';
const values = Float64Array.from({ length: 23 * 31 }, (_, cell) => {
  const [image, text] = [Math.floor(cell / 31), cell % 31];
  return [0, 1, 2].reduce((sum, d) => sum + images.values[image * 3 + d]! * texts.values[text * 3 + d]!, 0);
});
const scores = { values, images: 23, texts: 31 };

describe(retrievalByScores, () => {
  it.each(['index', 'optimistic', 'pessimistic'] as const)('gives what vectors of the same scores give (%s)', async (ties) => {
    const wanted = await retrieval({ images, texts, truth, captionPolicy, ties });
    const found = retrievalByScores({ scores, score: 'exact: every pair', truth, captionPolicy, ties });
    expect({ ...found, conditions: null }).toEqual({ ...wanted, conditions: null });
    expect(found.conditions).toMatchObject({ score: 'exact: every pair', dim: null, images: 23, texts: 31 });
  });

  it.each([
    ['SCORES_SHAPE', { scores: { ...scores, images: 22 } }, '713 scores for 22 images × 31 texts'],
    ['SCORES_NOT_FINITE', { scores: { ...scores, values: values.with(40, Number.NaN) } }, 'image 1 with text 9 is NaN'],
    ['TRUTH_SHAPE', { truth: truth.slice(1) }, 'truth has 30 entries for 31 texts'],
    ['TRUTH_DUPLICATE', { truth: truth.with(3, [2, 2]) }, 'truth of text 3 names image row 2 twice'],
    ['TRUTH_RANGE', { truth: truth.with(3, [23]) }, 'truth of text 3 names image row 23'],
    ['TRUTH_MISSING', { truth: truth.with(3, []) }, 'truth of text 3 is empty'],
  ])('refuses by name: %s', (code, change, sentence) => {
    const run = (): unknown => retrievalByScores({ scores, score: 'exact', truth, captionPolicy, ...change });
    expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining(sentence) as string }) as Error);
  });
});

describe(rerank, () => {
  const pairScore = (image: number, text: number): number => Math.sin(13 * image + 7 * text);
  const asked: number[] = [];
  const scorePairs = (pairs: Uint32Array): Promise<Float32Array> => {
    asked.push(pairs.length / 2);
    return Promise.resolve(
      Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairScore(pairs[2 * i]!, pairs[2 * i + 1]!)),
    );
  };

  it('has the scores of exact on the re-ranked K, above everything else', async () => {
    const { scores: ofImages, scoresOfTexts, pairs, score } = await rerank({ tower: scores, top: 5, scorePairs });
    expect(score).toContain('the first 5 of a tower');
    expect(pairs).toBe(asked[0]);
    expect(pairs).toBeLessThan(5 * (23 + 31) + 1);
    for (let image = 0; image < 23; image++) {
      const row = [...ofImages.values.subarray(image * 31, (image + 1) * 31)].map((value, text) => ({ value, text }));
      const order = row.toSorted((a, b) => b.value - a.value);
      const tower = row.map(({ text }) => text).sort((a, b) => values[image * 31 + b]! - values[image * 31 + a]! || a - b);
      expect(new Set(order.slice(0, 5).map(({ text }) => text))).toEqual(new Set(tower.slice(0, 5)));
      for (const { value, text } of order.slice(0, 5)) expect(value).toBe(Math.fround(pairScore(image, text)));
      expect(order.slice(5).map(({ text }) => text)).toEqual(tower.slice(5));
    }
    for (let text = 0; text < 31; text++) {
      const column = Array.from({ length: 23 }, (_, image) => scoresOfTexts.values[image * 31 + text]!);
      expect(column.filter((value, image) => value === Math.fround(pairScore(image, text)))).toHaveLength(5);
    }
  });

  it('of everything is exact', async () => {
    const all = await rerank({ tower: scores, top: 31, scorePairs });
    const exact = { ...scores, values: Float32Array.from(values, (_, cell) => pairScore(Math.floor(cell / 31), cell % 31)) };
    const settings = { score: 'x', truth, captionPolicy };
    expect(retrievalByScores({ ...settings, ...all, score: 'x' })).toEqual(retrievalByScores({ ...settings, scores: exact }));
  });

  it('refuses a K that is none', async () => {
    await expect(rerank({ tower: scores, top: 0, scorePairs })).rejects.toThrow('re-ranking the first 0 is nothing');
  });
});
