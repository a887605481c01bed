import type { Source } from '@wenlan/shards';

/** Texts of a source that are cut into words; enough for the words that stand out, and a matter of seconds. */
const TEXTS = 5000;
const WORDS = 24;
const MIN_COUNT = 3;

/** The words that tell the kept texts of one source from those of all. */
export interface SourceTopics {
  source: Source;
  texts: number;
  words: { word: string; count: number }[];
}

/** Counts the words of the first texts of each source that come by. */
export class TopicCounter {
  readonly #bySource = new Map<Source, { texts: number; words: Map<string, number> }>();
  readonly #segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

  add(source: Source, text: string): void {
    let counts = this.#bySource.get(source);
    if (counts === undefined) this.#bySource.set(source, (counts = { texts: 0, words: new Map() }));
    if (counts.texts >= TEXTS) return;
    counts.texts += 1;
    const words = new Set<string>();
    for (const { segment, isWordLike } of this.#segmenter.segment(text)) {
      if (isWordLike === true && /^\p{Script=Han}{2,}$/u.test(segment)) words.add(segment);
    }
    for (const word of words) counts.words.set(word, (counts.words.get(word) ?? 0) + 1);
  }

  /** By how much more often than elsewhere a word stands in a text of the source, weighed with how often it does. */
  get topics(): SourceTopics[] {
    const sources = [...this.#bySource].sort(([left], [right]) => (left < right ? -1 : 1));
    const allTexts = sources.reduce((sum, [, { texts }]) => sum + texts, 0);
    const all = new Map<string, number>();
    for (const [, { words }] of sources) for (const [word, count] of words) all.set(word, (all.get(word) ?? 0) + count);
    return sources.map(([source, { texts, words }]) => {
      const weight = (word: string, count: number): number => {
        const elsewhere = (all.get(word)! - count + 0.5) / (allTexts - texts + 1);
        return sources.length === 1 ? count : count * Math.log(count / texts / elsewhere);
      };
      const ranked = [...words]
        .filter(([, count]) => count >= MIN_COUNT)
        .map(([word, count]) => ({ word, count, weight: weight(word, count) }));
      ranked.sort((left, right) => right.weight - left.weight || (left.word < right.word ? -1 : 1));
      return { source, texts, words: ranked.slice(0, WORDS).map(({ word, count }) => ({ word, count })) };
    });
  }
}
