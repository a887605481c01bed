import { describe, expect, it } from 'vitest';
import { gradedRelevance } from './graded-relevance.ts';

describe(gradedRelevance, () => {
  it('equals figures worked out by hand', () => {
    // grades 3 2 3 0 1 2: DCG 13.848, ideal 14.595 by exponential gain; 6.861 and 7.141 by linear (Wikipedia's example of DCG, six answers)
    const ranking = [{ grades: [3, 2, 3, 0, 1, 2] }];
    const linear = gradedRelevance(ranking, { at: [6], gain: 'linear' });
    expect(linear.NDCG['NDCG@6']).toBeCloseTo(6.861 / 7.141, 3);
    const exponential = gradedRelevance(ranking, { at: [6] });
    expect(exponential.NDCG['NDCG@6']).toBeCloseTo(13.848 / 14.595, 3);
    expect(exponential.MAP).toBeCloseTo((1 + 1 + 1 + 4 / 5 + 5 / 6) / 5, 12);
    expect(gradedRelevance(ranking, { relevantFrom: 3 }).MAP).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });

  it('leaves out queries without a relevant answer and says how many', () => {
    const scores = gradedRelevance([{ grades: [0, 0] }, { grades: [0, 1] }], { at: [1] });
    expect(scores).toMatchObject({ MAP: 0.5, NDCG: { 'NDCG@1': 0 }, queries: 2, conditions: { leftOut: 1 } });
    expect(gradedRelevance([{ grades: [0] }]).MAP).toBeNull();
  });

  it.each([
    [[], {}, 'there are no rankings'],
    [[{ grades: [] }], {}, 'query 0 has no graded answers'],
    [[{ grades: [1] }, { grades: [0, -1] }], {}, 'grade 1 of query 1 is -1'],
    [[{ grades: [Number.NaN] }], {}, 'grade 0 of query 0 is NaN'],
    [[{ grades: [1] }], { at: [0] }, 'NDCG is asked at [0]'],
  ])('refuses %j %j', (rankings, options, sentence) => {
    expect(() => gradedRelevance(rankings, options)).toThrow(sentence);
  });
});
