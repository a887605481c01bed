import { join } from 'node:path';
import type { TrainConfig } from '@wenlan/model';
import type { Benchmark, Side } from '../benchmark.ts';
import { tinyTraining } from '../data/tiny-training.ts';
import { writeTrainingPairs } from '../data/training-pairs.ts';
import { writeVocabulary } from '../data/vocabulary.ts';
import { ours } from '../ours.ts';

const LENGTHS = [8, 16, 24];
const BATCH = 128;
const SMALL_BATCH = 32;
const STEPS = 8;
const WARMUP_STEPS = 3;

export const benchmark: Benchmark = {
  title: 'Training a small BriVL on two ranks of one machine, and in one process',
  unit: 'samples',
  requirements: [],
  target: 0.9,
  repeats: 3,
  warmsUpInside: true,
  notes: `The model of [train-tiny](train-tiny.md), whose gradients are 85 MB, and the whole of \`train\`: ${STEPS - WARMUP_STEPS} steps of ${BATCH} pairs over all ranks after ${WARMUP_STEPS}, so that each of two has ${BATCH / 2}; and batches of ${SMALL_BATCH}.
The ranks have the cores between them: one thread of TensorFlow each on two cores, where the one process has both. What the ranks exchange, and the optimizer that each
runs, is the same for any batch: the larger a rank's share, the less it counts.`,
  async prepare({ folder }) {
    const data = join(folder, 'pairs');
    const vocabulary = join(folder, 'vocab.txt');
    await writeTrainingPairs(data, LENGTHS, STEPS * BATCH, tinyTraining.pictureSide);
    await writeVocabulary(vocabulary);
    const common = { queueSize: 8 * BATCH, vocabulary, steps: STEPS, checkpointEverySteps: STEPS, validateEverySteps: STEPS };
    const side = (name: string, ranks: number, own: TrainConfig): Side => {
      const settings: TrainConfig = { ...tinyTraining.config, ...common, ...own };
      return { name, command: ours('train-ranks', data, JSON.stringify(settings), String(WARMUP_STEPS), String(ranks)) };
    };
    return {
      sides: [
        side('2 ranks', 2, { batchSize: BATCH }),
        side('one process', 1, { batchSize: BATCH }),
        side('2 ranks, gradients as bf16', 2, { batchSize: BATCH, allReducePrecision: 'bf16' }),
        side(`2 ranks, batches of ${SMALL_BATCH}`, 2, { batchSize: SMALL_BATCH }),
        side(`one process, batches of ${SMALL_BATCH}`, 1, { batchSize: SMALL_BATCH }),
      ],
    };
  },
};
