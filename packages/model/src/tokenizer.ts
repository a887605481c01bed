import { readFile } from 'node:fs/promises';
import { Tokenizer as TokenizerPipeline } from '@huggingface/tokenizers';
import { UserError } from '@wenlan/shards';

/** The first five lines of every vocabulary built here, in this order. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** A batch of texts as the text tower takes them, padded with [PAD] to one length. */
export interface EncodedTexts {
  ids: Int32Array; // [count, tokens]
  mask: Float32Array; // [count, tokens], 1 on tokens, 0 on padding
  count: number;
  tokens: number;
}

/**
 * BERT WordPiece for Chinese (Devlin et al. 2018): clean-up, lower case and accents off, every ideograph a word of its own,
 * then the longest known piece first. Equal to `BertTokenizer` of transformers for the same `vocab.txt`.
 */
export class Tokenizer {
  readonly vocabularySize: number;
  private readonly pipeline: TokenizerPipeline;

  private constructor(pipeline: TokenizerPipeline, vocabularySize: number) {
    this.pipeline = pipeline;
    this.vocabularySize = vocabularySize;
  }

  /**
   * A tokenizer from the lines of a `vocab.txt`.
   * @throws UserError naming `where` if a special token is missing or a token stands there twice
   */
  static fromVocabulary(tokens: readonly string[], where = 'the vocabulary'): Tokenizer {
    const vocabulary = new Map(tokens.map((token, id) => [token, id]));
    if (vocabulary.size !== tokens.length) {
      const twice = tokens.find((token, id) => vocabulary.get(token) !== id);
      throw new UserError('VOCABULARY_INVALID', `${where}: the token "${twice}" stands there twice; remove one of its lines.`);
    }
    const missing = SPECIAL_TOKENS.find((token) => !vocabulary.has(token));
    if (missing !== undefined) {
      throw new UserError('VOCABULARY_INVALID', `${where}: the token ${missing} is missing; name a vocab.txt of a BERT.`);
    }
    return new Tokenizer(new TokenizerPipeline(wordPieceDefinition(vocabulary), {}), tokens.length);
  }

  /**
   * Reads a `vocab.txt` (one token a line) or a `tokenizer.json` of the Hugging Face format.
   * @throws UserError if the file can't be read or isn't one of the two
   */
  static async load(file: string): Promise<Tokenizer> {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new UserError('VOCABULARY_MISSING', `${file} can't be read; name a vocab.txt or a tokenizer.json.`, { cause });
    });
    return Tokenizer.parse(text, file);
  }

  /** As {@link load}, from what the file holds. */
  static parse(text: string, file: string): Tokenizer {
    if (!file.endsWith('.json')) return Tokenizer.fromVocabulary(text.replace(/\r?\n$/, '').split(/\r?\n/), file);
    try {
      const pipeline = new TokenizerPipeline(JSON.parse(text) as object, {});
      const ids = [...pipeline.get_vocab().values()];
      return new Tokenizer(pipeline, 1 + ids.reduce((highest, id) => Math.max(highest, id), -1));
    } catch (cause) {
      throw new UserError('VOCABULARY_INVALID', `${file} is no tokenizer.json (${String(cause)}); name another.`, { cause });
    }
  }

  /** Every token and its id, by id. */
  entries(): [token: string, id: number][] {
    return [...this.pipeline.get_vocab()].sort(([, left], [, right]) => left - right);
  }

  /** The words that WordPiece then cuts: normalised, split at blanks and punctuation, one a CJK ideograph. */
  words(text: string): string[] {
    return this.pipeline.pre_tokenizer!.pre_tokenize(this.pipeline.normalizer!.normalize(text));
  }

  /** The ids of `[CLS] … [SEP]`; a longer text loses its end, never the [SEP]. */
  encode(text: string, maxTokens: number): number[] {
    const { ids } = this.pipeline.encode(text);
    return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1)!];
  }

  /** The text of ids, special tokens left out; WordPiece keeps no blanks, so ideographs are joined and Latin words set apart. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    const text = this.pipeline.decode([...ids], { skip_special_tokens: true });
    return text.replaceAll(/(?<=[^ -~]) | (?=[^ -~])/gu, '');
  }

  /**
   * Encodes a batch, padded to the smallest of `buckets` that holds its longest text.
   * @param buckets lengths in tokens, ascending; the last one is the cap. Few of them: each is one captured program.
   */
  encodeBatch(texts: readonly string[], buckets: readonly number[]): EncodedTexts {
    const cap = buckets.at(-1)!;
    const encoded = texts.map((text) => this.encode(text, cap));
    const longest = encoded.reduce((length, ids) => Math.max(length, ids.length), 0);
    const tokens = buckets.find((bucket) => bucket >= longest) ?? cap;
    const ids = new Int32Array(texts.length * tokens);
    const mask = new Float32Array(texts.length * tokens);
    encoded.forEach((row, index) => {
      ids.set(row, index * tokens);
      mask.fill(1, index * tokens, index * tokens + row.length);
    });
    return { ids, mask, count: texts.length, tokens };
  }
}

/** The `tokenizer.json` of BERT's uncased WordPiece over a vocabulary. */
function wordPieceDefinition(vocabulary: ReadonlyMap<string, number>): object {
  const special = (token: string): object => ({ SpecialToken: { id: token, type_id: 0 } });
  const ends = ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [vocabulary.get(token)], tokens: [token] }] as const);
  return {
    added_tokens: SPECIAL_TOKENS.map((content) => ({ id: vocabulary.get(content), content, special: true, normalized: false })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries(ends),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary),
    },
  };
}
