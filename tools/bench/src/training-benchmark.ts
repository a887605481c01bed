import { join } from 'node:path';
import type { TrainConfig } from '@wenlan/model';
import type { Benchmark, Side } from './benchmark.ts';
import { writeTrainingPairs } from './data/training-pairs.ts';
import { writeVocabulary } from './data/vocabulary.ts';
import { PYTORCH } from './encode-benchmark.ts';
import { MALLOC } from './malloc.ts';
import { ours, peer } from './ours.ts';

/** A way to run our step. */
export interface OurRow {
  readonly name: string;
  readonly config?: Partial<TrainConfig>;
  /** Operation by operation, as on a stock binding. */
  readonly eager?: boolean;
}

/** A way to run the peer. */
export interface TorchRow {
  readonly name: string;
  /** Frozen layers once and in inference mode, texts padded to the longest of the batch, regions averaged before their convolution. */
  readonly savings?: boolean;
  /** channels-last, pages that the allocator keeps. */
  readonly best?: boolean;
  /** Autocast to bfloat16. */
  readonly bfloat16?: boolean;
  /** `torch.compile` of the picture tower. */
  readonly compile?: boolean;
}

/** The same model in our config and in the peer's words. */
export interface TrainingCase {
  readonly title: string;
  readonly target: number;
  readonly repeats: number;
  readonly pictureSide: number;
  /** With the warm-up. */
  readonly steps: number;
  readonly warmupSteps: number;
  readonly batchSize: number;
  readonly tokens: number;
  readonly config: TrainConfig;
  readonly torch: Readonly<Record<string, unknown>>;
  readonly ours: readonly OurRow[];
  readonly peers: readonly TorchRow[];
}

/** Lengths in tokens of the texts that both sides see, with the two special ones: 8 to 28, each as often. */
const LENGTHS = Array.from({ length: 63 }, (_, index) => 8 + ((index * 8) % 21));

/** The peers of float32: out of the box, at its best, and with our savings too. */
export const FLOAT32_PEERS: readonly TorchRow[] = [
  { name: 'PyTorch as released' },
  { name: 'PyTorch at its best', best: true },
  { name: 'PyTorch at its best with savings', best: true, savings: true },
];

/** A benchmark of training steps: `train` from shards, against PyTorch on random inputs that lie in memory. */
export function trainingBenchmark(work: TrainingCase): Benchmark {
  const { steps, batchSize, warmupSteps } = work;
  return {
    title: work.title,
    unit: 'samples',
    requirements: PYTORCH,
    target: work.target,
    repeats: work.repeats,
    warmsUpInside: true,
    notes:
      `Ours is the whole of \`train\`: reading shards, decoding, augmentation, tokenizing, the step. The peer’s inputs lie in memory. ${steps - warmupSteps} steps of ${batchSize} after ${warmupSteps}. ` +
      '*As released*: frozen layers run for query and key, texts padded to the full length. *Best*: channels-last, an allocator that keeps its pages, fused AdamW. ' +
      '*With savings*: frozen layers once and in inference mode, texts padded to the longest of the batch, regions averaged before their convolution.',
    async prepare({ folder, python }) {
      const data = join(folder, 'pairs');
      const vocabulary = join(folder, 'vocab.txt');
      await writeTrainingPairs(data, LENGTHS, steps * batchSize, work.pictureSide);
      await writeVocabulary(vocabulary);
      const common = { vocabulary, steps, batchSize, checkpointEverySteps: steps, validateEverySteps: steps };
      const ourSide = ({ name, config, eager = false }: OurRow): Side => {
        const settings: TrainConfig = { ...work.config, ...common, ...config };
        return {
          name,
          command: ours('train', data, JSON.stringify(settings), String(warmupSteps), eager ? 'eager' : 'captured'),
        };
      };
      const torchSide = ({ name, best = false, savings = false, bfloat16 = false, compile = false }: TorchRow): Side => {
        const settings = { ...work.torch, batch: batchSize, steps, warmup: warmupSteps, tokens: work.tokens, lengths: LENGTHS };
        const choices = { savings, channels_last: best, bfloat16, compile };
        const command = peer(python, 'train_torch', JSON.stringify({ ...settings, ...choices }));
        return best ? { name, command, env: MALLOC } : { name, command };
      };
      return { sides: [...work.ours.map(ourSide), ...work.peers.map(torchSide)] };
    },
  };
}
