import { describe, expect, it } from 'vitest';
import { SPECIAL_TOKENS, Tokenizer } from './tokenizer.ts';
import { buildVocabulary } from './vocabulary.ts';

const TEXTS = ['红苹果', '苹果 iPad', '两台 ipad', '果园'];

describe(buildVocabulary, () => {
  it('lists special tokens, characters by frequency, then words', async () => {
    const vocabulary = await buildVocabulary(TEXTS, { maxSize: 100, minCount: 2 });
    expect(vocabulary).toEqual([...SPECIAL_TOKENS, '果', '##a', '##d', '##p', 'i', '苹', 'ipad']);
  });

  it('does not depend on the order of the texts', async () => {
    const options = { maxSize: 100, minCount: 1 };
    expect(await buildVocabulary(TEXTS.toReversed(), options)).toEqual(await buildVocabulary(TEXTS, options));
  });

  it('leaves nothing unknown in the texts that it was built from', async () => {
    const vocabulary = await buildVocabulary(TEXTS, { maxSize: 100, minCount: 1 });
    const tokenizer = Tokenizer.fromVocabulary(vocabulary);
    expect(TEXTS.flatMap((text) => tokenizer.encode(text, 99))).not.toContain(vocabulary.indexOf('[UNK]'));
  });

  it('keeps to its size', async () => {
    expect(await buildVocabulary(TEXTS, { maxSize: 7, minCount: 1 })).toHaveLength(7);
  });
});
