import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writeTrainingPairs } from '../data/training-pairs.ts';
import { writeVocabulary } from '../data/vocabulary.ts';
import { ours } from '../ours.ts';

const PAIRS = 5000;
const ROOT = join(import.meta.dirname, '../../../..');

export const benchmark: Benchmark = {
  title: 'From pressing return to an answer',
  unit: 'commands',
  requirements: [],
  repeats: 5,
  notes: `The built \`wenlan\`, each command a process of its own from start to end. Node alone is an empty script. \`search\` is a sentence on ${PAIRS.toLocaleString('en-US')} pairs with a run of the preset \`small\`,
whose vectors were stored by an earlier search: it loads TensorFlow and the model, encodes the sentence and looks at every vector. To be reached: \`--help\` below 150 ms, \`search\` below 2,000 ms.`,
  async prepare({ folder }) {
    const data = join(folder, 'pairs');
    const run = join(folder, 'run');
    const vocabulary = join(folder, 'vocab.txt');
    await writeTrainingPairs(data, [16], PAIRS, 160);
    await writeVocabulary(vocabulary);
    const main = join(ROOT, 'packages/cli/dist/main.js');
    return { sides: [{ name: 'wenlan', command: ours('startup', main, data, run, vocabulary) }] };
  },
};
