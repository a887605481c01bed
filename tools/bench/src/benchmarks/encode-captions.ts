import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, Side } from '../benchmark.ts';
import { captions } from '../data/captions.ts';
import { writeVocabulary } from '../data/vocabulary.ts';
import { PYTORCH } from '../encode-benchmark.ts';
import { MALLOC } from '../malloc.ts';
import { ours, peer } from '../ours.ts';

const TEXTS = 320;

/** Texts as they come, of all lengths, through what `wenlan encode` runs. */
export const benchmark: Benchmark = {
  title: 'Encoding captions as they come, RoBERTa base',
  unit: 'texts',
  requirements: PYTORCH,
  target: 1.2,
  repeats: 3,
  warmsUpInside: true,
  notes: `${TEXTS} posts of 12 to 140 characters, most of them short, cut at 80 tokens; float32, weights random and the same; the features of both sides must agree within 1e-4. All of it is timed from strings to vectors, after the first pass.
WenLan is \`encodeTexts\`, which \`wenlan encode\` calls: each text padded to the next of 16, 24, 32, 40, 48, 64 and 80 tokens and encoded with others of that length. PyTorch takes 64 texts at once, padded to the longest of them, in inference mode on two threads, with an allocator that keeps its pages and transformers’ fast tokenizer; *sorted* by length before, as sentence-transformers does.`,
  async prepare({ folder, python }) {
    await writeVocabulary(join(folder, 'vocab.txt'));
    await writeFile(join(folder, 'captions.json'), JSON.stringify(captions(TEXTS)));
    const torch = (name: string, sort: boolean): Side => ({
      name,
      command: peer(python, 'encode_torch', folder, 'captions', '64', '1', '80', JSON.stringify({ compile: false, sort })),
      env: MALLOC,
    });
    return {
      sides: [
        { name: 'WenLan', command: ours('encode-captions', folder) },
        torch('PyTorch', false),
        torch('PyTorch, sorted', true),
      ],
    };
  },
};
