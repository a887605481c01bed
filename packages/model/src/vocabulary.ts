import { readPairs } from '@wenlan/shards';
import { SPECIAL_TOKENS, Tokenizer } from './tokenizer.ts';

/** What a vocabulary is built from, and how large it gets. */
export interface VocabularyOptions {
  /** At most so many tokens, the special ones included. */
  maxSize: number;
  /** A character or word seen less often gets no token of its own. */
  minCount: number;
}

/**
 * Builds a WordPiece vocabulary from texts: the special tokens, every frequent character (as a whole word and, where it occurs
 * inside one, as a `##` piece), then the frequent words of letters and digits. By frequency, ties by code point, so the same
 * texts give the same vocabulary in any order.
 */
export async function buildVocabulary(
  texts: AsyncIterable<string> | Iterable<string>,
  options: VocabularyOptions,
): Promise<string[]> {
  const splitter = Tokenizer.fromVocabulary(SPECIAL_TOKENS);
  const characters = new Map<string, number>();
  const words = new Map<string, number>();
  for await (const text of texts) {
    for (const word of splitter.words(text)) {
      const pieces = Array.from(word);
      pieces.forEach((character, index) => increment(characters, index === 0 ? character : `##${character}`));
      if (pieces.length > 1) increment(words, word);
    }
  }
  const tokens = [...SPECIAL_TOKENS, ...frequent(characters, options.minCount), ...frequent(words, options.minCount)];
  return [...new Set(tokens)].slice(0, options.maxSize);
}

/** The texts of the usable pairs of some splits of a dataset, streamed. */
export async function* readTexts(location: string, splits: string[]): AsyncIterable<string> {
  for await (const pairs of readPairs(location, { splits, columns: ['texts'] })) {
    for (const pair of pairs) for (const { text } of pair.texts) yield text;
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function frequent(counts: Map<string, number>, minCount: number): string[] {
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([token]) => token);
}
