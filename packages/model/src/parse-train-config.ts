import { join } from 'node:path';
import { type Augmentation, TEXT_KINDS, UserError } from '@wenlan/shards';
import { z } from 'zod';
import { checkTrainConfig } from './check-train-config.ts';
import { OBJECTIVES, resolveObjective } from './objective-config.ts';
import { isObject } from './presets/merge-settings.ts';
import { mergeLayers, settingsLayers } from './presets/settings-layers.ts';
import type { ResolvedTrainConfig, ShorthandSettings, TrainConfig } from './train-config.ts';

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
  allReducePrecision: z.enum(['float32', 'bf16']).optional(),

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
