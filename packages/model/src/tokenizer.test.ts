import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SPECIAL_TOKENS, Tokenizer } from './tokenizer.ts';

const VOCABULARY = [
  ...SPECIAL_TOKENS,
  '你',
  '好',
  '世',
  '界',
  'a',
  'b',
  '##b',
  '##c',
  'hello',
  '##lo',
  'hel',
  ',',
  '。',
  '2',
  '##0',
  '##2',
  '20',
  'e',
];

// Ids by the Rust `tokenizers` 0.23.3 of the same vocabulary (BertNormalizer, BertPreTokenizer, WordPiece, [CLS] … [SEP]).
const REFERENCE: [string, number[]][] = [
  ['你好,世界。', [2, 5, 6, 16, 7, 8, 17, 3]],
  ['Hello 你好!', [2, 13, 5, 6, 1, 3]],
  ['abbc ab', [2, 9, 11, 11, 12, 9, 11, 3]],
  ['2020年2', [2, 21, 20, 19, 1, 18, 3]],
  ['É e\u0301', [2, 22, 22, 3]], // accents off
  ['  \t\n', [2, 3]],
  ['', [2, 3]],
  ['\u0000\ufffda', [2, 9, 3]], // control characters dropped
  ['龘𠮷', [2, 1, 1, 3]], // an ideograph beyond the basic plane is one word
  ['A\u3000B', [2, 9, 10, 3]], // ideographic space
  ['x'.repeat(120), [2, 1, 3]],
  ['hello世界2', [2, 13, 7, 8, 18, 3]],
];

describe(Tokenizer, () => {
  const tokenizer = Tokenizer.fromVocabulary(VOCABULARY);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-tokenizer-'));
  });

  it.each(REFERENCE)('cuts %j as the reference implementation does', (text, ids) => {
    expect(tokenizer.encode(text, 128)).toEqual(ids);
  });

  it('keeps [SEP] when it cuts a text', () => {
    expect(tokenizer.encode('你好世界', 4)).toEqual([2, 5, 6, 3]);
  });

  it('pads a batch to the smallest bucket that holds it', () => {
    expect(tokenizer.encodeBatch(['你', '你好世'], [4, 6, 8])).toEqual({
      ids: Int32Array.of(2, 5, 3, 0, 0, 0, 2, 5, 6, 7, 3, 0),
      mask: Float32Array.of(1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0),
      count: 2,
      tokens: 6,
    });
    expect(tokenizer.encodeBatch(['你好世界你好世界'], [4, 6]).tokens).toBe(6);
  });

  it('reads vocab.txt, with either line ending', async () => {
    for (const [name, end] of [
      ['unix.txt', '\n'],
      ['dos.txt', '\r\n'],
    ] as const) {
      await writeFile(join(folder, name), VOCABULARY.join(end) + end);
      const loaded = await Tokenizer.load(join(folder, name));
      expect(loaded.vocabularySize).toBe(VOCABULARY.length);
      expect(loaded.encode('你好', 8)).toEqual([2, 5, 6, 3]);
    }
  });

  it('reads tokenizer.json', async () => {
    const definition = {
      added_tokens: [],
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab: { '[UNK]': 0, 你: 1, 好: 2 } },
    };
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(definition));
    const loaded = await Tokenizer.load(join(folder, 'tokenizer.json'));
    expect(loaded.vocabularySize).toBe(3);
    expect(loaded.encode('你好世', 8)).toEqual([1, 2, 0]);
  });

  it('refuses what is no vocabulary, by name', async () => {
    await expect(Tokenizer.load(join(folder, 'absent.txt'))).rejects.toThrow(/absent\.txt can't be read/);
    await writeFile(join(folder, 'half.txt'), '[PAD]\n[UNK]\n');
    await expect(Tokenizer.load(join(folder, 'half.txt'))).rejects.toThrow(/half\.txt: the token \[CLS\] is missing/);
    await writeFile(join(folder, 'bad.json'), '{');
    await expect(Tokenizer.load(join(folder, 'bad.json'))).rejects.toThrow(/bad\.json is no tokenizer\.json/);
    expect(() => Tokenizer.fromVocabulary([...VOCABULARY, '你'])).toThrow(/"你" stands there twice/);
  });
});
