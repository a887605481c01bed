import type { BriVLConfig } from '../brivl-config.ts';
import { EFFICIENTNETS } from './efficientnets.ts';

/** The model of the released PyTorch code and weights: EfficientNet-B5, Chinese RoBERTa base, and all of that code's ways. */
export const BRIVL_RELEASED: BriVLConfig = {
  side: 380,
  dim: 2048,
  image: {
    backbone: { ...EFFICIENTNETS.b5, classes: 1000 },
    regions: { grid: 6, samples: 4, alignment: 'released' },
    attention: { layers: 4, heads: 4, feedForward: 2048, dropout: 0.1 },
    frozen: [
      'backbone.conv_stem',
      'backbone.bn1',
      'backbone.blocks.0',
      'backbone.blocks.1',
      'backbone.blocks.2',
      'backbone.conv_head',
      'backbone.bn2',
    ],
  },
  text: {
    bert: { layers: 12, hidden: 768, heads: 12, intermediate: 3072, positions: 512, dropout: 0.1, pooler: true },
    attentionMask: false,
    attention: { layers: 4, heads: 4, feedForward: 2048, dropout: 0.1 },
    frozen: frozenBert(8),
  },
  frozenLayers: 'training',
};

/** The embeddings and the first layers of a BERT. */
export function frozenBert(layers: number): string[] {
  return ['backbone.bert.embeddings', ...Array.from({ length: layers }, (_, layer) => `backbone.bert.encoder.layer.${layer}`)];
}
