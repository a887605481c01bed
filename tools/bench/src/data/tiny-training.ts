import type { TrainingCase } from '../training-benchmark.ts';

const attention = { layers: 2, heads: 4, feedForward: 1024, dropout: 0 };

/** EfficientNet-B0 at 96 pixels and two layers of BERT, 10 regions, in batches of 32: a model that a CPU trains. */
export const tinyTraining: Omit<TrainingCase, 'title' | 'target' | 'ours' | 'peers'> = {
  repeats: 5,
  pictureSide: 128,
  steps: 14,
  warmupSteps: 4,
  batchSize: 32,
  tokens: 32,
  config: {
    model: {
      extends: 'small',
      side: 96,
      dim: 1280,
      image: {
        backbone: { headChannels: 1280 }, // as timm's
        regions: { grid: 3, samples: 4, alignment: 'exact' },
        attention,
        frozen: [],
      },
      text: {
        bert: { layers: 2, hidden: 256, heads: 4, intermediate: 1024, positions: 512, dropout: 0, pooler: false },
        attention,
        frozen: [],
      },
    },
    queueSize: 960,
    negatives: 'queue',
    augment: 'released',
    textBuckets: [32],
    maskFalseNegatives: false,
  },
  torch: {
    backbone: 'tf_efficientnet_b0',
    side: 96,
    frozen_blocks: 0,
    frozen_bert: 0,
    grid: 3,
    samples: 4,
    heads: 4,
    feed_forward: 1024,
    attention_layers: 2,
    dropout: false,
    hidden: 256,
    bert_layers: 2,
    bert_heads: 4,
    intermediate: 1024,
    dim: 1280,
    queue: 960,
  },
};
