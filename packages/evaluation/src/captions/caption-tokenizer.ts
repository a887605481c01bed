import { UserError } from '../user-error.ts';

/**
 * How a sentence becomes tokens. `char`: every character but white space; `space`: what stands between white space, for
 * sentences segmented before. Punctuation stays, and nothing is folded. A segmenter of words is given as a function with its name.
 */
export type CaptionTokenizer = 'char' | 'space' | NamedTokenizer;

/** A tokenizer with the name that goes into the conditions. */
export interface NamedTokenizer {
  /** As the conditions of a result print it, with the version: `jieba 2.0.3`. */
  readonly name: string;
  /** The tokens of one caption, in order. */
  readonly tokens: (sentence: string) => readonly string[];
}

/**
 * The tokenizer as a function that gives no empty tokens and none with white space in them.
 *
 * @throws UserError `TOKENIZER_UNKNOWN`
 */
export function resolveTokenizer(tokenizer: CaptionTokenizer): NamedTokenizer {
  if (tokenizer === 'char') return { name: 'char', tokens: (sentence) => Array.from(sentence.replaceAll(/\s/gu, '')) };
  if (tokenizer === 'space') return { name: 'space', tokens: splitAtSpace };
  if (typeof tokenizer === 'string') {
    throw new UserError('TOKENIZER_UNKNOWN', `there is no tokenizer "${String(tokenizer)}"; use char or space.`);
  }
  return { name: tokenizer.name, tokens: (sentence) => tokenizer.tokens(sentence).flatMap(splitAtSpace) };
}

function splitAtSpace(text: string): string[] {
  return text.split(/\s+/u).filter((token) => token !== '');
}
