import { UserError } from '@wenlan/shards';
import { z } from 'zod';
import type { BriVLConfig } from '../brivl-config.ts';
import { planEfficientNet } from '../nn/efficientnet-config.ts';
import { mergeKeys, type Settings } from './merge-settings.ts';
import { isPresetName, PRESET_NAMES } from './preset-file.ts';
import { mergeLayers, settingsLayers } from './settings-layers.ts';

/** The preset that a model of one's own starts from unless it names another. */
const DEFAULT_BASE = 'tiny';

const count = z.int().positive();
const dropout = z.number().min(0).max(0.9);
const frozen = z.array(z.string().min(1));
const attention = z
  .strictObject({ layers: z.int().min(0), heads: count, feedForward: count, dropout })
  .describe('Self-attention over the tokens of a tower.');

const modelSchema = z.strictObject({
  side: z.int().min(16),
  dim: count,
  image: z.strictObject({
    backbone: z.strictObject({
      width: z.number().positive(),
      depth: z.number().positive(),
      stemChannels: count,
      stages: z
        .array(
          z.strictObject({
            kernel: z.union([z.literal(3), z.literal(5)]),
            stride: z.union([z.literal(1), z.literal(2)]),
            expand: z.int().min(1),
            channels: count,
            repeats: count,
          }),
        )
        .min(1),
      headChannels: count,
      classes: z.int().min(0),
    }),
    regions: z.strictObject({ grid: count, samples: count, alignment: z.enum(['exact', 'released']) }),
    attention,
    frozen,
  }),
  text: z.strictObject({
    bert: z.strictObject({
      layers: count,
      hidden: count,
      heads: count,
      intermediate: count,
      positions: count,
      dropout,
      pooler: z.boolean(),
    }),
    attentionMask: z.boolean(),
    attention,
    frozen,
  }),
  frozenLayers: z.enum(['inference', 'training']),
});

/**
 * The model that a setting names: that of a preset, or an object that `extends` one and overrides some of its keys, at any depth.
 * @throws UserError naming the preset or the key that is wrong
 */
export function resolveModel(model: string | Settings): BriVLConfig {
  const result = modelSchema.safeParse(writtenOut(model));
  if (!result.success) throw new UserError('MODEL_CONFIG', sentenceOf(result.error.issues[0]!));
  checkWidths(result.data);
  return result.data;
}

/** A model without `extends`. */
function writtenOut(model: string | Settings): unknown {
  const { extends: base = DEFAULT_BASE, ...own } = typeof model === 'string' ? { extends: model } : model;
  if (!isPresetName(base)) {
    const name = typeof base === 'string' ? base : JSON.stringify(base);
    throw new UserError('MODEL_UNKNOWN', `There is no model "${name}"; name one of ${PRESET_NAMES.join(', ')}.`);
  }
  return mergeKeys(mergeLayers(settingsLayers({ extends: base }))['model'], own);
}

/** @throws UserError where heads don't share the features evenly */
function checkWidths({ image, text }: BriVLConfig): void {
  const parts: [key: string, heads: number, features: number][] = [
    ['image.attention.heads', image.attention.heads, planEfficientNet(image.backbone).head],
    ['text.bert.heads', text.bert.heads, text.bert.hidden],
    ['text.attention.heads', text.attention.heads, text.bert.hidden],
  ];
  for (const [key, heads, features] of parts) {
    if (features % heads !== 0) {
      throw new UserError(
        'MODEL_CONFIG',
        `model.${key} is ${heads}, but ${features} features don't divide by it; choose a divisor.`,
      );
    }
  }
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `model.${[...issue.path, issue.keys[0]].join('.')} is not a known key; remove it or correct its name.`;
  }
  return `model.${issue.path.join('.')} is wrong (${issue.message}); correct it.`;
}
