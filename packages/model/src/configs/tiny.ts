import type { BriVLConfig } from '../brivl-config.ts';

/** A BriVL that two CPU cores train within minutes. */
export const TINY: BriVLConfig = {
  side: 48,
  dim: 128,
  image: {
    backbone: {
      width: 1,
      depth: 1,
      stemChannels: 24,
      stages: [
        { kernel: 3, stride: 1, expand: 1, channels: 16, repeats: 1 },
        { kernel: 3, stride: 2, expand: 3, channels: 32, repeats: 1 },
        { kernel: 3, stride: 2, expand: 3, channels: 64, repeats: 1 },
        { kernel: 3, stride: 2, expand: 3, channels: 112, repeats: 1 },
      ],
      headChannels: 192,
      classes: 0,
    },
    regions: { grid: 3, samples: 2, alignment: 'exact' },
    attention: { layers: 1, heads: 4, feedForward: 256, dropout: 0 },
    frozen: [],
  },
  text: {
    bert: { layers: 2, hidden: 128, heads: 4, intermediate: 256, positions: 64, dropout: 0, pooler: false },
    attentionMask: true,
    attention: { layers: 1, heads: 4, feedForward: 256, dropout: 0 },
    frozen: [],
  },
  frozenLayers: 'inference',
};
