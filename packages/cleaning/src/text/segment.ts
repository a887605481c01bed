import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';

let jieba: Jieba | undefined;

/** A word and the part of speech that jieba gives it; `nr` is a person's name, `x` punctuation. */
export interface Word {
  word: string;
  tag: string;
}

/** Splits a Chinese text into words. The dictionary (350,000 words) is loaded at the first call. */
export function segment(text: string): Word[] {
  jieba ??= Jieba.withDict(dict);
  return jieba.tag(text, true);
}
