import type { Augmentation, AUGMENTATIONS } from '@wenlan/shards';
import type { Negatives } from './moco/info-nce.ts';
import type { ObjectiveConfig } from './objective-config.ts';
import type { ParameterGroup } from './optimizer/parameter-groups.ts';
import type { TextWeights } from './text-choice.ts';

/** The settings of a training run, every default filled in. */
export interface ResolvedTrainConfig {
  // model
  /** A preset by name, or an object that `extends` one. */
  model: string | Record<string, unknown>;
  /** What it is trained for; BriVL unless told. */
  objective?: ObjectiveConfig | undefined;

  // weights to begin with, instead of random ones
  /** A BriVL: a released `.pth` or what `exportRun` wrote. */
  init?: string | undefined;
  /** An EfficientNet of timm (`tf_efficientnet_*`) for the image tower, safetensors or `.pth`. */
  initImage?: string | undefined;
  /** A BERT for the text tower: a folder with model.safetensors or pytorch_model.bin, and vocab.txt. */
  initText?: string | undefined;
  /** Take what fits, where names are missing or extra, or shapes differ; otherwise such a file is refused. */
  partial?: boolean | undefined;

  // length
  steps: number;
  /** Pairs a step, of all ranks together. */
  batchSize: number;

  // cross-modal MoCo
  /** Keys in each queue; a multiple of batchSize. 0 keeps none: the batch alone, with keys of the momentum towers. */
  queueSize: number;
  /** `queue`: as the released code; `batch+queue`: the other samples of the batch as well, as the second paper. */
  negatives: Negatives;
  /**
   * Steps in which the queues fill but don't count: 300 unless told, 0 for negatives `queue`. The keys of towers that start from nothing
   * change so fast that they are told apart by their age instead of by what they show, and nothing is learned.
   */
  queueWarmupSteps: number;
  /** Whether another key of the same picture or the same text is no negative. */
  maskFalseNegatives: boolean;
  /** Of the key towers. */
  momentum: number;
  temperature: number;
  /** Train the temperature from there; it stays at or above 0.01. */
  learnTemperature: boolean;
  /**
   * Whether the key pass deals the pictures of the batch out to the ranks in another order, so that batch norm gives nothing away (MoCo, He
   * et al. 2020, section 3.3): `complete` moves pictures, boxes and masks alike, which changes nothing with one rank; `released` forgets the
   * masks of the boxes, as the released code does. `none` unless told.
   */
  batchShuffle?: 'none' | 'complete' | 'released' | undefined;

  // optimizer
  /** AdamW unless told. */
  optimizer?: 'adamw' | 'sgd' | undefined;
  /** The highest, reached at the end of the warm-up. */
  learningRate: number;
  schedule: 'cosine' | 'step' | 'constant';
  warmupSteps: number;
  /** Of the schedule `step`: after how many steps the rate falls, ascending. */
  milestones?: number[] | undefined;
  /** By which factor it falls each time; 0.1 unless told. */
  milestoneFactor?: number | undefined;
  /** Decoupled, and of matrices alone. */
  weightDecay: number;
  /** Parameters that have another learning rate or weight decay, by their names. */
  parameterGroups?: ParameterGroup[] | undefined;
  /** Of AdamW. */
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Of SGD; 0.9 unless told. */
  sgdMomentum?: number | undefined;
  /** Longest joint L2 norm of all gradients. */
  clipNorm: number;
  /**
   * Stops the run at a loss that is so many times the median of the last 100, and above that of the first step; 10 unless told. A loss
   * that is no number always stops it.
   */
  lossSpikeFactor?: number | undefined;
  /** Stops the run once so many validations in a row have brought no higher recall; never unless told. */
  earlyStopValidations?: number | undefined;

  // memory and speed
  /**
   * Pairs that go through the towers at once, a divisor of batchSize, or with several ranks of each one's share of it; the loss and its
   * gradient stay those of the whole batch. Batch norm that is trained takes its statistics over these alone. Only of BriVL; the whole batch
   * unless told.
   */
  microBatchSize?: number | undefined;
  /** `bf16`: products and convolutions in bfloat16; weights, gradients and all else stay float32. float32 unless told. */
  precision?: 'float32' | 'bf16' | undefined;
  /** Of gradients on their way between ranks: `bf16` halves what travels. float32 unless told. */
  allReducePrecision?: 'float32' | 'bf16' | undefined;
  /**
   * Layers whose blocks keep their input alone and run once more for the gradient, by how their parameters' names begin
   * (`backbone.blocks.4`), or true for all: a quarter less memory for a fifth more time.
   */
  gradientCheckpointing?: boolean | string[] | undefined;

  // data
  /** What is done to a picture at random: by name, or as {@link Augmentation}. */
  augment: keyof typeof AUGMENTATIONS | Augmentation;
  /** How often a text of each kind stands for its pair, relative to the pair's other kinds. */
  textWeights: TextWeights;
  /** Lengths in tokens, ascending, that a batch is padded to; the last one is the cap. Each costs a captured program. */
  textBuckets: number[];
  /**
   * A vocab.txt or tokenizer.json; or how to build a vocabulary from the texts of the train split. Unless told, the vocab.txt of
   * initText where that is given.
   */
  vocabulary: string | { maxSize: number; minCount: number };

  // what is kept and looked at
  checkpointEverySteps: number;
  validateEverySteps: number;
  /** At most so many pairs of the validation split are ranked against each other. */
  validationPairs: number;
  /** Keep the checkpoint of the highest recall on the validation split in `best/` as well. */
  keepBest?: boolean | undefined;
}

/** Settings that stand for others and are written out as those. */
export interface ShorthandSettings {
  /** A preset by name, or a YAML file of such settings: what isn't set here is as it is there. A path is from the file that names it. */
  extends?: string | undefined;
  /** Sets every switch to what the released PyTorch code does, but for those that are set beside it. */
  released?: boolean | undefined;
}

/** The settings of a training run as one writes them; everything has a default. */
export type TrainConfig = ShorthandSettings & {
  [Key in Exclude<keyof ResolvedTrainConfig, 'vocabulary' | 'objective'>]?: ResolvedTrainConfig[Key] | undefined;
} & {
  vocabulary?: string | { maxSize?: number | undefined; minCount?: number | undefined } | undefined;
  /** An objective by name, or an object that `extends` one. */
  objective?: string | Readonly<Record<string, unknown>> | ObjectiveConfig | undefined;
};
