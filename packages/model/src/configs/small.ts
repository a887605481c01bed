import type { BriVLConfig } from '../brivl-config.ts';
import { EFFICIENTNETS } from './efficientnets.ts';

/** EfficientNet-B0 and a BERT of four layers, all of it trained: for one machine and a few million pairs. */
export const SMALL: BriVLConfig = {
  side: 128,
  dim: 512,
  image: {
    backbone: { ...EFFICIENTNETS.b0, headChannels: 512 },
    regions: { grid: 4, samples: 2, alignment: 'exact' },
    attention: { layers: 2, heads: 8, feedForward: 2048, dropout: 0.1 },
    frozen: [],
  },
  text: {
    bert: { layers: 4, hidden: 512, heads: 8, intermediate: 2048, positions: 128, dropout: 0.1, pooler: false },
    attentionMask: true,
    attention: { layers: 2, heads: 8, feedForward: 2048, dropout: 0.1 },
    frozen: [],
  },
  frozenLayers: 'inference',
};
