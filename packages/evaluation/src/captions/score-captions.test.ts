import { describe, expect, it } from 'vitest';
import { scoreCaptions } from './score-captions.ts';
import type { CaptionCandidates, CaptionReferences } from './caption-pairs.ts';
import type { CaptionTokenizer } from './caption-tokenizer.ts';
import fixture from './fixtures/pycocoevalcap-1.2.json' with { type: 'json' };

interface Case {
  name: string;
  references: CaptionReferences;
  candidates: CaptionCandidates;
  figures: Record<string, number>;
}
const cases = fixture.cases as unknown as Case[];
const caseNamed = (name: string): Case => cases.find((entry) => entry.name === name)!;

describe(scoreCaptions, () => {
  it.each(cases)('equals pycocoevalcap 1.2 to 1e-6: $name', ({ references, candidates, figures }) => {
    const { SPICE, conditions, ...ours } = scoreCaptions(references, candidates, { tokenizer: 'space' });
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(figures).toSorted());
    for (const [metric, figure] of Object.entries(figures)) {
      expect(Math.abs(ours[metric as keyof typeof ours] - figure), `${metric} ${figure}`).toBeLessThan(1e-6);
    }
    expect(SPICE).toBeNull();
    expect(conditions).toMatchObject({ tokenizer: 'space', documentFrequency: 'corpus' });
  });

  it('scores characters as the official script scores them apart', () => {
    const { references, candidates } = caseNamed('words');
    const scores = scoreCaptions(references, candidates, { tokenizer: 'char' });
    const { figures } = caseNamed('characters');
    for (const metric of ['BLEU-4', 'METEOR', 'ROUGE-L', 'CIDEr-D'] as const)
      expect(scores[metric]).toBeCloseTo(figures[metric]!, 9);
    expect(scores.conditions).toMatchObject({
      tokenizer: 'char',
      pictures: 10,
      references: 23,
      fewestReferences: 1,
      mostReferences: 4,
    });
  });

  it('scores the same captions higher by character than by word, METEOR alone as before', () => {
    const { references, candidates } = caseNamed('words');
    const word = scoreCaptions(references, candidates, { tokenizer: 'space' });
    const char = scoreCaptions(references, candidates, { tokenizer: 'char' });
    for (const metric of ['BLEU-4', 'ROUGE-L', 'CIDEr-D'] as const) expect(char[metric]).toBeGreaterThan(word[metric]);
    expect(char.METEOR).toBe(word.METEOR);
  });

  it('takes a segmenter of words as a function with a name', () => {
    const segmenter = { name: 'by twos', tokens: (sentence: string) => sentence.match(/.{1,2}/gu) ?? [] };
    const own = scoreCaptions({ a: ['红色苹果'], b: ['绿色的梨'] }, { a: '红色苹果', b: '绿色桃子' }, { tokenizer: segmenter });
    const spaced = scoreCaptions(
      { a: ['红色 苹果'], b: ['绿色 的梨'] },
      { a: '红色 苹果', b: '绿色 桃子' },
      { tokenizer: 'space' },
    );
    expect({ ...own, conditions: null }).toEqual({ ...spaced, conditions: null });
    expect(own.conditions.tokenizer).toBe('by twos');
  });

  it('does not depend on the order of candidates nor on white space around characters', () => {
    const references = { a: ['一 个 人'], b: ['两只猫\u3000'] };
    const straight = scoreCaptions(references, { a: '一个男人', b: '一只猫' }, { tokenizer: 'char' });
    expect(scoreCaptions(references, { b: ' 一只猫\n', a: '一个 男人' }, { tokenizer: 'char' })).toEqual(straight);
  });

  it.each<[string, unknown, unknown, string, string]>([
    ['a missing id', { a: ['一'], b: ['二'] }, { a: '一' }, 'CAPTIONS_MISSING', 'candidates lacks id "b" of references; caption'],
    [
      'missing ids',
      { a: ['一'], b: ['二'], c: ['三'] },
      {},
      'CAPTIONS_MISSING',
      'candidates lacks id "a" and 2 others of references',
    ],
    ['an extra id', { a: ['一'] }, { a: '一', x: '二' }, 'CAPTIONS_UNKNOWN', 'candidates has id "x", which references lacks'],
    ['an inherited name', { toString: ['一'] }, {}, 'CAPTIONS_MISSING', 'candidates lacks id "toString"'],
    ['no ids', {}, {}, 'CAPTIONS_MISSING', 'references has no ids'],
    ['no references of an id', { a: [] }, { a: '一' }, 'CAPTION_EMPTY', 'references of id "a" is an empty list'],
    [
      'an empty reference',
      { a: ['一', ' '] },
      { a: '一' },
      'CAPTION_EMPTY',
      'reference 1 of id "a" is " ", without a token of char',
    ],
    ['an empty candidate', { a: ['一'] }, { a: '' }, 'CAPTION_EMPTY', 'the candidate of id "a" is "", without a token of char'],
    ['a sentence for a list', { a: '一' }, { a: '一' }, 'CAPTIONS_SHAPE', 'references of id "a" is "一"; it must be a list'],
    [
      'a list for a sentence',
      { a: ['一'] },
      { a: ['一'] },
      'CAPTIONS_SHAPE',
      'the candidate of id "a" is ["一"]; it must be one',
    ],
    ['a number', { a: [7] }, { a: '一' }, 'CAPTIONS_SHAPE', 'reference 0 of id "a" is 7; it must be one sentence in a string.'],
    [
      'a list of references',
      [['一']],
      { a: '一' },
      'CAPTIONS_SHAPE',
      'references is not an object of ids; its format is {"id": ["句子"]}.',
    ],
    ['no candidates', { a: ['一'] }, null, 'CAPTIONS_SHAPE', 'candidates is not an object of ids; its format is {"id": "句子"}.'],
  ])('refuses %s', (_, references, candidates, code, message) => {
    const score = (): unknown =>
      scoreCaptions(references as CaptionReferences, candidates as CaptionCandidates, { tokenizer: 'char' });
    expect(score).toThrow(
      expect.objectContaining({ name: 'UserError', code, exitStatus: 2, message: expect.stringContaining(message) }),
    );
  });

  it('refuses a tokenizer that it does not have', () => {
    const score = (): unknown => scoreCaptions({ a: ['一'] }, { a: '一' }, { tokenizer: 'jieba' as CaptionTokenizer });
    expect(score).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_UNKNOWN', message: 'there is no tokenizer "jieba"; use char or space.' }),
    );
  });
});
