import { UserError } from '@wenlan/shards';
import { isObject, mergeKeys, type Settings } from './merge-settings.ts';

/** What BriVL's released PyTorch code does wherever it and this package would part (BAAI-WuDao/BriVL, `models/vl_model.py`). */
const RELEASED_WAYS = {
  // the positive and the queue alone, which counts from the first step on, whatever it holds
  negatives: 'queue',
  queueWarmupSteps: 0,
  maskFalseNegatives: false,
  momentum: 0.99,
  temperature: 0.07,
  learnTemperature: false,
  // the key pass sees the pictures in another order, but their boxes' masks in the old one
  batchShuffle: 'released',
  augment: 'released',
  // every text is padded to 80 tokens, and BERT attends to the padding
  textBuckets: [80],
  model: {
    image: { regions: { alignment: 'released' } },
    text: { attentionMask: false },
    frozenLayers: 'training',
  },
} as const;

/**
 * Settings with `released: true` written out as the switches that it stands for; what is set beside it stays as it is set.
 * @throws UserError if `released` is neither true nor false
 */
export function withReleasedWays({ released = false, ...own }: Settings): Settings {
  if (typeof released !== 'boolean') {
    throw new UserError('TRAIN_CONFIG', `train.released is ${JSON.stringify(released)}; set it to true or false.`);
  }
  if (!released) return own;
  const { model: ways, ...switches } = RELEASED_WAYS;
  const { model = {} } = own;
  return { ...switches, ...own, model: mergeKeys(ways, isObject(model) ? model : { extends: model }) };
}
