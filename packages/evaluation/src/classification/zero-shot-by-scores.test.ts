import { describe, expect, it } from 'vitest';
import { zeroShotByScores, type ZeroShotByScoresInput } from './zero-shot-by-scores.ts';

const good = (): ZeroShotByScoresInput => ({
  // two prompts of 猫, one of 狗; means of 猫: 2, 1, 0
  scores: { values: Float32Array.of(3, 1, 1.5, 0, 2, 9, -1, 1, 0), images: 3, texts: 3 },
  classOfPrompt: [0, 0, 1],
  labels: [0, 1, 1],
  classNames: ['猫', '狗'],
  topAt: [1, 2],
});

describe(zeroShotByScores, () => {
  it('takes the class of the highest mean score, of equal ones the lower', () => {
    const scores = zeroShotByScores(good());
    expect(scores['top-1']).toBeCloseTo(200 / 3, 10);
    expect(scores['top-2']).toBe(100);
    expect(scores.meanPerClass['top-1']).toBe(75);
    expect(scores.conditions.method).toContain('3 prompts');
  });

  it.each<[string, string, Partial<ZeroShotByScoresInput>]>([
    ['SCORES_SHAPE', '9 scores for 3 images × 4 prompts', { scores: { ...good().scores, texts: 4 } }],
    [
      'SCORES_NOT_FINITE',
      'image 1 with prompt 2 is NaN',
      { scores: { ...good().scores, values: Float32Array.of(1, 1, 1, 1, 1, Number.NaN, 1, 1, 1) } },
    ],
    ['PROMPTS_SHAPE', '3 prompts, 2 of a class from 0 to 1', { classOfPrompt: [0, 1, 2] }],
    ['PROMPTS_SHAPE', '3 prompts, 2 of a class from 0 to 1', { classOfPrompt: [0, 1] }],
    ['PROMPTS_MISSING', 'class 1 has no prompt', { classOfPrompt: [0, 0, 0] }],
    ['LABELS_SHAPE', '2 entries for 3 images', { labels: [0, 1] }],
  ])('refuses what cannot be right: %s, %s', (code, text, change) => {
    const refused = (): unknown => zeroShotByScores({ ...good(), ...change });
    expect(refused).toThrow(text);
    expect(refused).toThrow(expect.objectContaining({ code, exitStatus: 2 }));
  });
});
