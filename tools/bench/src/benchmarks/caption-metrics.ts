import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { captions } from '../data/captions.ts';
import { ours, peer } from '../ours.ts';

const PICTURES = 1000;
const REFERENCES = 5;

export const benchmark: Benchmark = {
  title: 'BLEU, METEOR, ROUGE-L and CIDEr-D of Chinese captions, by character',
  unit: 'pictures',
  requirements: ['pycocoevalcap==1.2', 'numpy==2.4.6'],
  repeats: 3,
  equalOutputs: true,
  notes: `${PICTURES} made-up captions with ${REFERENCES} references each, every character a token between blanks for both sides; pycocoevalcap's METEOR is the official program in Java, which it
starts within its time. The figures of both must be equal to six digits.`,
  async prepare({ folder, python }) {
    const texts = captions(PICTURES * (REFERENCES + 1)).map((text) => [...text.replaceAll(/[^\p{Script=Han}]/gu, '')].join(' '));
    const references: Record<string, string[]> = {};
    const candidates: Record<string, string> = {};
    for (let picture = 0; picture < PICTURES; picture++) {
      const own = texts.slice(picture * (REFERENCES + 1), (picture + 1) * (REFERENCES + 1));
      candidates[`picture ${picture}`] = own[0]!;
      references[`picture ${picture}`] = own.slice(1);
    }
    const file = join(folder, 'captions.json');
    await writeFile(file, JSON.stringify({ references, candidates }));
    return {
      sides: [
        { name: 'WenLan', command: ours('caption-metrics', file) },
        { name: 'pycocoevalcap', command: peer(python, 'caption-metrics', file) },
      ],
    };
  },
};
