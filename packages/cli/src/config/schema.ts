import { z } from 'zod';

const evaluateSchema = z.strictObject({
  split: z.enum(['train', 'validation', 'test']).default('test'),
  sources: z.array(z.string()).optional().describe('Only pairs of these sources enter the gallery; all by default.'),
  captionKinds: z
    .array(z.enum(['alt', 'caption', 'title', 'surrounding', 'post', 'tag', 'query']))
    .min(1)
    .default(['caption', 'title', 'alt', 'post', 'surrounding', 'tag'])
    .describe("A pair's caption is its first text of the first of these kinds that it has."),
});

/** The whole of `wenlan.yaml`. `train` is checked by the trainer, which it belongs to. */
export const configSchema = z.strictObject({
  seed: z.int().min(0).default(7).describe('The one seed of everything random.'),
  train: z.record(z.string(), z.unknown()).default({}).describe("The trainer's settings; see the README of @wenlan/model."),
  evaluate: evaluateSchema.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type EvaluateConfig = Config['evaluate'];
