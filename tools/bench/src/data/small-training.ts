import type { TrainingCase } from '../training-benchmark.ts';

const attention = { layers: 2, heads: 8, feedForward: 2048, dropout: 0.1 };

/** The preset `small` with the width of timm's EfficientNet-B0: 128 pixels, four layers of BERT, 17 regions. */
export const smallTraining: Omit<TrainingCase, 'title' | 'batchSize' | 'target' | 'ours' | 'peers'> = {
  repeats: 3,
  pictureSide: 160,
  steps: 7,
  warmupSteps: 2,
  tokens: 32,
  config: {
    model: {
      extends: 'small',
      dim: 1280,
      image: { backbone: { headChannels: 1280 }, regions: { grid: 4, samples: 4, alignment: 'exact' }, attention, frozen: [] },
      text: { attention, frozen: [] },
    },
    queueSize: 960,
    negatives: 'queue',
    augment: 'released',
    textBuckets: [32],
    maskFalseNegatives: false,
  },
  torch: {
    backbone: 'tf_efficientnet_b0',
    side: 128,
    frozen_blocks: 0,
    frozen_bert: 0,
    grid: 4,
    samples: 4,
    heads: 8,
    feed_forward: 2048,
    attention_layers: 2,
    dropout: true,
    hidden: 512,
    bert_layers: 4,
    bert_heads: 8,
    intermediate: 2048,
    dim: 1280,
    queue: 960,
  },
};
