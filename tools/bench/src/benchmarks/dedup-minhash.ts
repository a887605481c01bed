import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { ours, peer } from '../ours.ts';

const TEXTS = 100_000;

export const benchmark: Benchmark = {
  title: 'MinHash dedup of Chinese captions',
  unit: 'texts',
  requirements: ['datatrove[io,processing]==0.10.1'],
  repeats: 1,
  notes: `100,000 texts of 20 to 60 random Chinese characters on one core's worth of one process; every other one is a copy of an earlier one with a Jaccard similarity of pairs of
characters of at least 0.8. datatrove: its four MinHash stages with one task, n-grams of 2 characters, 14 buckets of 8 hashes (its
default); each character is a token, since a segmenter knows no random ones. We compare candidates shingle by shingle, datatrove takes every candidate. Recall:
pairs of which not both are left. \`text-dedup\` cuts texts at what is no letter, which gives most Chinese captions the same empty signature, and isn't run.`,
  async prepare({ folder, python }) {
    const file = join(folder, 'texts.jsonl');
    await writeTexts(file);
    return {
      sides: [
        { name: 'WenLan', command: ours('dedup-minhash', file) },
        { name: 'datatrove', command: peer(python, 'dedup-minhash', file) },
      ],
    };
  },
};

async function writeTexts(file: string): Promise<void> {
  let state = 7;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const character = (): string => String.fromCharCode(0x4e00 + below(3500));
  const bigrams = (text: string): Set<string> =>
    new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
  const alike = (left: string, right: string): boolean => {
    const [first, second] = [bigrams(left), bigrams(right)];
    const shared = [...first].filter((gram) => second.has(gram)).length;
    return shared / (first.size + second.size - shared) >= 0.8;
  };
  const nearCopy = (of: string): string => {
    for (;;) {
      const characters = [...of];
      for (let edit = 1 + below(3); edit > 0; edit -= 1) characters[below(characters.length)] = character();
      const text = characters.join('');
      if (alike(text, of)) return text;
    }
  };
  const stream = createWriteStream(file);
  let before = '';
  for (let index = 0; index < TEXTS; index += 1) {
    const isCopy = index % 2 === 1;
    const text = isCopy ? nearCopy(before) : Array.from({ length: 20 + below(41) }, character).join('');
    if (!isCopy) before = text;
    stream.write(`${JSON.stringify({ id: `t${index}`, text, of: `t${isCopy ? index - 1 : index}` })}\n`);
  }
  stream.end();
  await once(stream, 'finish');
}
