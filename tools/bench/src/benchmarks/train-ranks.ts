import { join } from 'node:path';
import type { TrainConfig } from '@wenlan/model';
import type { Benchmark } from '../benchmark.ts';
import { tinyTraining } from '../data/tiny-training.ts';
import { writeTrainingPairs } from '../data/training-pairs.ts';
import { writeVocabulary } from '../data/vocabulary.ts';
import { ours } from '../ours.ts';

const { steps, warmupSteps, batchSize, pictureSide, config } = tinyTraining;
const LENGTHS = [8, 16, 24];

export const benchmark: Benchmark = {
  title: 'Training a small BriVL on two ranks of one machine, and in one process',
  unit: 'samples',
  requirements: [],
  target: 0.9,
  repeats: 5,
  warmsUpInside: true,
  notes: `The model and the batches of [train-tiny](train-tiny.md): ${steps - warmupSteps} steps of ${batchSize} pairs over all ranks after ${warmupSteps}, the whole of \`train\` in each. The ranks have the cores
between them: one thread of TensorFlow each on two cores, where the one process has both.`,
  async prepare({ folder }) {
    const data = join(folder, 'pairs');
    const vocabulary = join(folder, 'vocab.txt');
    await writeTrainingPairs(data, LENGTHS, steps * batchSize, pictureSide);
    await writeVocabulary(vocabulary);
    const settings: TrainConfig = {
      ...config,
      vocabulary,
      steps,
      batchSize,
      checkpointEverySteps: steps,
      validateEverySteps: steps,
    };
    const side = (ranks: number, own: TrainConfig = {}): string[] =>
      ours('train-ranks', data, JSON.stringify({ ...settings, ...own }), String(warmupSteps), String(ranks));
    return {
      sides: [
        { name: '2 ranks', command: side(2) },
        { name: 'one process', command: side(1) },
        { name: '2 ranks, gradients as bf16', command: side(2, { allReducePrecision: 'bf16' }) },
      ],
    };
  },
};
