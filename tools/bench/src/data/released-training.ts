import type { TrainingCase } from '../training-benchmark.ts';

/** The released model, EfficientNet-B5 at 380 pixels, RoBERTa base, 37 regions, queues of 9,600, in batches of 8. */
export const releasedTraining: Omit<TrainingCase, 'title' | 'target' | 'ours' | 'peers'> = {
  repeats: 3,
  pictureSide: 400,
  steps: 4,
  warmupSteps: 1,
  batchSize: 8,
  tokens: 80,
  config: {
    model: { extends: 'brivl-released', frozenLayers: 'inference', text: { attentionMask: true } },
    queueSize: 9600,
    negatives: 'queue',
    augment: 'released',
    textBuckets: [32, 80],
    maskFalseNegatives: false,
  },
  torch: {
    backbone: 'tf_efficientnet_b5',
    side: 380,
    frozen_blocks: 3,
    frozen_bert: 8,
    grid: 6,
    samples: 4,
    heads: 4,
    feed_forward: 2048,
    attention_layers: 4,
    dropout: true,
    hidden: 768,
    bert_layers: 12,
    bert_heads: 12,
    intermediate: 3072,
    dim: 2048,
    queue: 9600,
  },
};
