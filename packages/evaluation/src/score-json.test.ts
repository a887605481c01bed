import { describe, expect, it } from 'vitest';
import { oneToOne, withScores } from '../test/matrices.ts';
import { retrieval } from './retrieval.ts';
import { scoreJson } from './score-json.ts';

describe(scoreJson, () => {
  it('prints the figures under the names of the field', async () => {
    const result = await retrieval({
      ...withScores([
        [1, 0],
        [2, 1],
      ]),
      truth: oneToOne(2),
      recallAt: [1, 2],
      captionPolicy: 'one',
    });
    const json = JSON.parse(JSON.stringify(scoreJson(result))) as unknown;
    expect(json).toEqual({
      i2t: expect.objectContaining({ 'R@1': 50, 'R@2': 100, medianRank: 1.5, meanRank: 1.5, chance: { 'R@1': 50, 'R@2': 100 } }),
      t2i: expect.objectContaining({
        'R@1': 50,
        'R@2': 100,
        queries: 2,
        gallery: 2,
        interval: { 'R@1': [0, 100], 'R@2': [100, 100] },
      }),
      MR6: result.MR6,
      Rsum: result.Rsum,
      conditions: JSON.parse(JSON.stringify(result.conditions)),
    });
    expect(json).not.toHaveProperty('i2t.ranks');
  });
});
