import { join } from 'node:path';
import { type Augmentation, type AUGMENTATIONS, TEXT_KINDS, UserError } from '@wenlan/shards';
import { z } from 'zod';
import type { ParameterGroup } from './optimizer/parameter-groups.ts';
import type { Negatives } from './moco/info-nce.ts';
import { checkTrainConfig } from './check-train-config.ts';
import { OBJECTIVES, type ObjectiveConfig, resolveObjective } from './objective-config.ts';
import { isObject } from './presets/merge-settings.ts';
import { mergeLayers, settingsLayers } from './presets/settings-layers.ts';
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
  /** Pairs a step. */
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
   * Whether the key pass sees the batch in another order, so that batch norm over several processes gives nothing away (MoCo, He et al.
   * 2020, section 3.3): `complete` moves pictures, boxes and masks alike, `released` forgets the masks of the boxes, as the released code
   * does. `none` unless told.
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
   * Pairs that go through the towers at once, a divisor of batchSize; the loss and its gradient stay those of the whole batch. Batch norm
   * that is trained takes its statistics over these alone. Only of BriVL; the whole batch unless told.
   */
  microBatchSize?: number | undefined;
  /** `bf16`: products and convolutions in bfloat16; weights, gradients and all else stay float32. float32 unless told. */
  precision?: 'float32' | 'bf16' | undefined;
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

/** As the released code has it. */
export const DEFAULT_QUEUE_SIZE = 9600;
const DEFAULT_QUEUE_WARMUP_STEPS = 300;
const DEFAULT_VOCABULARY = { maxSize: 8192, minCount: 2 };

const count = z.int().positive();
const share = z.number().min(0).max(1);

const augmentationSchema: z.ZodType<Augmentation, Augmentation> = z.strictObject({
  crop: z.strictObject({ minScale: z.number().gt(0).max(1) }).exactOptional(),
  shift: z.strictObject({ maxFraction: share }).exactOptional(),
  colorJitter: z
    .strictObject({ brightness: share, contrast: share, saturation: share, hue: z.number().min(0).max(0.5), probability: share })
    .exactOptional(),
  greyProbability: share.exactOptional(),
  flipProbability: share.exactOptional(),
});

/** Settings whose defaults depend on others. */
type Dependent = 'queueWarmupSteps' | 'vocabulary' | 'objective';
const schema: z.ZodType<
  Omit<ResolvedTrainConfig, Dependent> &
    Partial<Pick<ResolvedTrainConfig, 'queueWarmupSteps' | 'vocabulary'>> &
    Pick<TrainConfig, 'objective'>,
  Omit<TrainConfig, keyof ShorthandSettings>
> = z.strictObject({
  model: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).default('tiny'),
  objective: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).optional(),

  init: z.string().min(1).optional(),
  initImage: z.string().min(1).optional(),
  initText: z.string().min(1).optional(),
  partial: z.boolean().optional(),

  steps: count.default(1000),
  batchSize: count.default(32),

  queueSize: z.int().min(0).default(DEFAULT_QUEUE_SIZE),
  negatives: z.enum(['queue', 'batch+queue']).default('batch+queue'),
  queueWarmupSteps: z.int().min(0).exactOptional(),
  maskFalseNegatives: z.boolean().default(true),
  momentum: share.default(0.99),
  temperature: z.number().positive().default(0.07),
  learnTemperature: z.boolean().default(false),
  batchShuffle: z.enum(['none', 'complete', 'released']).optional(),

  learningRate: z.number().positive().default(1e-3),
  optimizer: z.enum(['adamw', 'sgd']).optional(),
  schedule: z.enum(['cosine', 'step', 'constant']).default('cosine'),
  milestones: z.array(count).min(1).optional(),
  milestoneFactor: z.number().gt(0).lt(1).optional(),
  warmupSteps: z.int().min(0).default(50),
  weightDecay: z.number().min(0).default(0.05),
  parameterGroups: z
    .array(
      z.strictObject({
        names: z.string().min(1),
        learningRateFactor: z.number().min(0).optional(),
        weightDecay: z.number().min(0).optional(),
      }),
    )
    .optional(),
  beta1: share.default(0.9),
  beta2: share.default(0.98),
  epsilon: z.number().positive().default(1e-6),
  sgdMomentum: z.number().min(0).lt(1).optional(),
  clipNorm: z.number().positive().default(5),
  lossSpikeFactor: z.number().gt(1).optional(),
  earlyStopValidations: count.optional(),

  microBatchSize: count.optional(),
  precision: z.enum(['float32', 'bf16']).optional(),

  gradientCheckpointing: z.union([z.boolean(), z.array(z.string().min(1))]).optional(),

  augment: z.union([z.enum(['none', 'released', 'tiny']), augmentationSchema]).default('tiny'),
  textWeights: z
    .partialRecord(z.enum(TEXT_KINDS), z.number().min(0))
    .default({ caption: 4, title: 4, alt: 2, tag: 1, post: 1, surrounding: 1 }),
  textBuckets: z.array(z.int().min(4).max(512)).min(1).default([16, 32]),
  vocabulary: z
    .union([
      z.string().min(1),
      z.strictObject({
        maxSize: z.int().min(100).default(DEFAULT_VOCABULARY.maxSize),
        minCount: count.default(DEFAULT_VOCABULARY.minCount),
      }),
    ])
    .exactOptional(),

  checkpointEverySteps: count.default(100),
  validateEverySteps: count.default(250),
  validationPairs: count.default(500),
  keepBest: z.boolean().optional(),
});

/**
 * Checks the settings of a run, takes in what they extend, and fills in what isn't given.
 * @throws UserError naming the key by its path, and the file it stands in where that was extended
 */
export function parseTrainConfig(value: unknown): ResolvedTrainConfig {
  const layers = settingsLayers(isObject(value) ? value : check(value));
  for (const { file, settings } of layers) check(settings, file);
  const found = check(mergeLayers(layers));
  const { negatives, queueWarmupSteps = negatives === 'queue' ? 0 : DEFAULT_QUEUE_WARMUP_STEPS } = found;
  const { initText, vocabulary = initText === undefined ? DEFAULT_VOCABULARY : join(initText, 'vocab.txt') } = found;
  const { objective: wanted, ...given } = found;
  const objective = wanted === undefined ? OBJECTIVES.brivl : resolveObjective(wanted);
  const isBriVL = objective.kind === 'brivl';
  // not written down for BriVL: runs from before there were others go on
  const config = { ...given, queueWarmupSteps, vocabulary, ...(isBriVL ? {} : { objective }) };
  checkTrainConfig(config);
  return config;
}

function check(value: unknown, file?: string): z.output<typeof schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentence = sentenceOf(result.error.issues[0]!);
  throw new UserError('TRAIN_CONFIG', file === undefined ? sentence : `${file}: ${sentence}`);
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `train.${[...issue.path, issue.keys[0]].join('.')} is not a known key; remove it or correct its name.`;
  }
  return `train.${issue.path.join('.')} is wrong (${issue.message}); correct it.`;
}
