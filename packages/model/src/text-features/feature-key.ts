import { createHash } from 'node:crypto';
import { UserError } from '@wenlan/shards';
import type { BriVLConfig, ParameterStore } from '../brivl.ts';
import { frozenLayerCount } from '../frozen-layers.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { ResolvedTrainConfig } from '../train-config.ts';

/** What features are made from. */
export interface FeatureSource {
  config: ResolvedTrainConfig;
  model: BriVLConfig;
  tokenizer: Tokenizer;
  text: ParameterStore;
}

/** A checksum of all that decides the features of a text: the frozen layers with their weights, the vocabulary, the longest length. */
export async function featureKey({ config, model, tokenizer, text }: FeatureSource): Promise<string> {
  const { bert, attentionMask } = model.text;
  const { precision = 'float32', textBuckets } = config;
  const hash = createHash('sha256');
  const layers = frozenLayerCount(model, 'text');
  hash.update(JSON.stringify({ bert, attentionMask, layers, precision, textBuckets, vocabulary: tokenizer.entries() }));
  for (const { name, frozen } of text.entries()) {
    if (!frozen) continue;
    const { buffer, byteOffset, byteLength } = await text.exportTorch(name);
    hash.update(`\n${name}\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

/** @throws UserError where features can't be stored, or nothing would be gained */
export function checkCanCache(config: ResolvedTrainConfig, model: BriVLConfig): void {
  if (config.objective !== undefined) {
    refuse(`the objective "${config.objective.kind}" runs its text tower whole; train it without`);
  }
  if (frozenLayerCount(model, 'text') === 0) {
    refuse(
      'no first layer of the text tower is frozen in inference mode; name some in model.text.frozen and set model.frozenLayers to "inference"',
    );
  }
  if (!model.text.attentionMask && config.textBuckets.length > 1) {
    const cap = config.textBuckets.at(-1)!;
    refuse(`without model.text.attentionMask a text depends on the length it is padded to; set train.textBuckets to [${cap}]`);
  }
}

function refuse(why: string): never {
  throw new UserError('FEATURES_NOT_CACHED', `There are no frozen text features to cache: ${why}.`);
}
