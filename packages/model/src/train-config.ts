import { TEXT_KINDS, UserError } from '@wenlan/shards';
import { z } from 'zod';
import { checkQueueSize } from './moco/queues.ts';

const count = z.int().positive();
const share = z.number().min(0).max(1);

const trainConfigSchema = z.strictObject({
  model: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .default('tiny')
    .describe('A preset by name, or the towers themselves.'),

  steps: count.default(1000),
  batchSize: count.default(32).describe('Pairs a step.'),

  queueSize: count.default(960).describe('Keys in each queue; a multiple of batchSize.'),
  negatives: z
    .enum(['queue', 'batch+queue'])
    .default('batch+queue')
    .describe('queue: as the released code; batch+queue: the other samples of the batch as well, as the second paper.'),
  maskFalseNegatives: z.boolean().default(true).describe('The same picture or the same text in batch or queue is no negative.'),
  momentum: share.default(0.99).describe('Of the key towers.'),
  temperature: z.number().positive().default(0.07),
  learnTemperature: z.boolean().default(false).describe('Train the temperature from there; it stays at or above 0.01.'),

  learningRate: z.number().positive().default(1e-3),
  schedule: z.enum(['cosine', 'constant']).default('cosine'),
  warmupSteps: z.int().min(0).default(50),
  weightDecay: z.number().min(0).default(0.05),
  beta1: share.default(0.9),
  beta2: share.default(0.98),
  epsilon: z.number().positive().default(1e-6),
  clipNorm: z.number().positive().default(5).describe('Longest joint L2 norm of all gradients.'),

  augment: z.enum(['none', 'released', 'tiny']).default('tiny').describe('What is done to a picture at random.'),
  textWeights: z
    .partialRecord(z.enum(TEXT_KINDS), z.number().min(0))
    .default({ caption: 4, title: 4, alt: 2, tag: 1, post: 1, surrounding: 1 })
    .describe("How often a text of each kind stands for its pair, relative to the pair's other kinds."),
  textBuckets: z
    .array(z.int().min(4).max(512))
    .min(1)
    .default([16, 32])
    .describe('Lengths in tokens, ascending, that a batch is padded to; the last one is the cap.'),
  vocabulary: z
    .union([
      z.string().min(1).describe('A vocab.txt or tokenizer.json.'),
      z.strictObject({ maxSize: z.int().min(100).default(8192), minCount: count.default(2) }),
    ])
    .prefault({})
    .describe('Built from the texts of the train split unless a file is named.'),

  checkpointEverySteps: count.default(100),
  validateEverySteps: count.default(250),
  validationPairs: count.default(500).describe('At most so many pairs of the validation split are ranked.'),
});

/** The settings of a training run as a user writes them; everything has a default. */
export type TrainConfig = z.input<typeof trainConfigSchema>;
/** The settings with every default filled in. */
export type ResolvedTrainConfig = z.output<typeof trainConfigSchema>;

/**
 * Checks the settings of a run and fills in what isn't given.
 * @throws UserError naming the key by its path
 */
export function parseTrainConfig(value: unknown): ResolvedTrainConfig {
  const result = trainConfigSchema.safeParse(value);
  if (!result.success) throw new UserError('TRAIN_CONFIG', sentenceOf(result.error.issues[0]!));
  const config = result.data;
  checkQueueSize(config.queueSize, config.batchSize);
  if (config.textBuckets.some((bucket, index) => index > 0 && bucket <= config.textBuckets[index - 1]!)) {
    throw new UserError('TRAIN_CONFIG', `train.textBuckets is [${config.textBuckets.join(', ')}]; list the lengths in ascending order.`);
  }
  return config;
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `train.${[...issue.path, issue.keys[0]].join('.')} is not a known key; remove it or correct its name.`;
  }
  return `train.${issue.path.join('.')} is wrong (${issue.message}); correct it.`;
}
