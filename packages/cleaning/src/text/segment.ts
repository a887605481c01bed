import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';

let jieba: Jieba | undefined;
/** Rules run again until nothing changes, and most blocks are then as they were. */
const recent = new Map<string, Word[]>();
const REMEMBERED = 64;

/** A word and the part of speech that jieba gives it; `nr` is a person's name, `x` punctuation. */
export interface Word {
  word: string;
  tag: string;
}

/** Splits a Chinese text into words. The dictionary (350,000 words) is loaded at the first call. */
export function segment(text: string): Word[] {
  const known = recent.get(text);
  if (known !== undefined) return known;
  jieba ??= Jieba.withDict(dict);
  const words = jieba.tag(text, true);
  if (recent.size >= REMEMBERED) recent.clear();
  recent.set(text, words);
  return words;
}
