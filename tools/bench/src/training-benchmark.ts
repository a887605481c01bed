import { join } from 'node:path';
import type { TrainConfig } from '@wenlan/model';
import type { Benchmark } from './benchmark.ts';
import { writeTrainingPairs } from './data/training-pairs.ts';
import { writeVocabulary } from './data/vocabulary.ts';
import { ours, peer } from './ours.ts';

/** The same model in our config and in the peer's words. */
export interface TrainingCase {
  readonly title: string;
  readonly target: number;
  readonly repeats: number;
  readonly pictureSide: number;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly batchSize: number;
  readonly tokens: number;
  readonly config: TrainConfig;
  readonly torch: Readonly<Record<string, unknown>>;
}

/** Lengths in tokens of the texts that both sides see: ours come with two special tokens. */
const LENGTHS = Array.from({ length: 64 }, (_, index) => 8 + ((index * 7) % 21));

const MALLOC = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '100000000000', MALLOC_TOP_PAD_: '268435456' };

/** A benchmark of training steps: `wenlan train` from shards, against PyTorch on random inputs out of the box, at its best, and with our savings too. */
export function trainingBenchmark(work: TrainingCase): Benchmark {
  const { steps, batchSize } = work;
  return {
    title: work.title,
    unit: 'samples',
    requirements: ['torch==2.14.1', 'torchvision==0.29.2', 'timm==1.0.31', 'transformers==5.23.0', 'numpy==2.4.6'],
    target: work.target,
    repeats: work.repeats,
    notes:
      'Ours is the whole of `train`: reading shards, decoding, augmentation, tokenizing, the captured step. The peer’s inputs lie in memory. ' +
      '*As released*: frozen layers run for query and key, texts padded to the full length. *Best*: channels-last, an allocator that keeps its pages, fused AdamW. ' +
      '*Best with savings*: frozen layers once, texts padded to the longest of the batch, regions averaged before their convolution.',
    async prepare({ folder, python }) {
      const data = join(folder, 'pairs');
      const vocabulary = join(folder, 'vocab.txt');
      await writeTrainingPairs(data, LENGTHS, steps * batchSize, work.pictureSide);
      await writeVocabulary(vocabulary);
      const config: TrainConfig = {
        ...work.config,
        vocabulary,
        steps,
        batchSize,
        checkpointEverySteps: steps,
        validateEverySteps: steps,
      };
      const torch = (savings: boolean, channelsLast: boolean): string[] => {
        const common = { batch: batchSize, steps, warmup: work.warmupSteps, tokens: work.tokens, lengths: LENGTHS };
        return peer(python, 'train_torch', JSON.stringify({ ...work.torch, ...common, savings, channels_last: channelsLast }));
      };
      return {
        sides: [
          { name: '@wenlan/model', command: ours('train', data, JSON.stringify(config), String(work.warmupSteps)) },
          { name: 'PyTorch as released', command: torch(false, false) },
          { name: 'PyTorch at its best', command: torch(false, true), env: MALLOC },
          { name: 'PyTorch at its best with savings', command: torch(true, true), env: MALLOC },
        ],
      };
    },
  };
}
