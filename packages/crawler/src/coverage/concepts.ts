import type { Pair } from '@wenlan/shards';

const WORDS = new Intl.Segmenter('zh', { granularity: 'word' });
/** Of a title; shorter ones say little. */
const MIN_WORD_CHARACTERS = 2;
/** A page that names more isn't about any of them. */
const MAX_CONCEPTS = 32;

/**
 * What a picture is about, as its source says: its tags and categories or, where it has none, the words of its titles (cut by
 * ICU's dictionary); in lower case, each once.
 */
export function conceptsOf({ texts }: Pick<Pair, 'texts'>): string[] {
  if (texts.length === 0) return [];
  const ofKind = (wanted: string): string[] => texts.filter(({ kind }) => kind === wanted).map(({ text }) => text.toLowerCase());
  const tags = new Set(ofKind('tag'));
  if (tags.size > 0) return [...tags].slice(0, MAX_CONCEPTS);
  const words = ofKind('title').flatMap((title) => [...WORDS.segment(title)].filter(({ isWordLike }) => isWordLike));
  const long = words.map(({ segment }) => segment).filter((word) => word.length >= MIN_WORD_CHARACTERS && !/^\d+$/.test(word));
  return [...new Set(long)].slice(0, MAX_CONCEPTS);
}
