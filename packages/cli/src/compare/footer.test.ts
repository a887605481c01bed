import { describe, expect, it } from 'vitest';
import type { CompareConfig } from './compare-config.ts';
import { footerOf } from './footer.ts';

const CONFIG: CompareConfig = {
  title: 'x',
  data: 'clean',
  out: 'out',
  seeds: [1, 2],
  budget: { steps: 3 },
  train: {},
  conditions: [{ name: 'labels', train: {}, captionKinds: ['alt'] }],
  systems: [
    { name: 'BriVL', train: {} },
    { name: 'CLIP', train: {} },
  ],
  gallery: { split: 'test', maxPairs: 2 },
  published: [],
};
const HELD_OUT = new Map([
  [
    'labels',
    { images: [], texts: ['猫'], truth: [[0]], captionPolicy: 'alt', splitSha256: '0123456789abcdef01', references: {} },
  ],
]) as unknown as Parameters<typeof footerOf>[1];
const footer = (config: Partial<CompareConfig>): Record<string, string> =>
  footerOf({ ...CONFIG, ...config }, HELD_OUT, undefined, 'an engine');

describe(footerOf, () => {
  it('names the split, the gallery and what chose the checkpoint', () => {
    expect(footer({})).toMatchObject({
      split: 'test, sha256 of its shards 0123456789abcdef…',
      gallery: 'labels: 0 pictures, 1 texts',
      'checkpoint selection': 'highest R@10 on the validation split; the test split is looked at once',
      tokenizer: 'WordPiece, vocabulary of the train split',
      weights: 'random at the start, trained on the train split of the same dataset',
      engine: 'an engine',
    });
    expect(footer({})).not.toHaveProperty('captions');
    expect(footer({ gallery: { split: 'validation', maxPairs: 2 } })['checkpoint selection']).toMatch(/are of that split too$/);
    expect(footer({ captions: { steps: 7, objective: 'captioner-tiny' } })['captions']).toContain('a decoder of 7 steps');
  });

  it('says which weights and which vocabulary a system began with', () => {
    const systems = [
      { name: 'BriVL', train: { init: 'brivl.pth', vocabulary: 'vocab.txt' } },
      { name: 'CLIP', train: { initText: 'roberta' } },
      { name: 'UNITER', train: {} },
    ];
    const { tokenizer, weights } = footer({ systems });
    expect(tokenizer).toBe(
      'WordPiece, BriVL: vocabulary vocab.txt; CLIP: vocabulary of roberta; UNITER: vocabulary of the train split',
    );
    expect(weights).toBe(
      'BriVL: init brivl.pth; CLIP: initText roberta; UNITER: random at the start, trained on the train split of the same dataset',
    );
    expect(footer({ train: { initImage: 'b0.safetensors' } })['weights']).toMatch(/^initImage b0.safetensors, trained/);
  });
});
