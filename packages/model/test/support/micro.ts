/** The smallest model worth training: for tests that take seconds. */
export const MICRO = {
  extends: 'tiny',
  side: 16,
  dim: 16,
  image: {
    backbone: {
      stemChannels: 8,
      stages: [
        { kernel: 3, stride: 1, expand: 1, channels: 8, repeats: 1 },
        { kernel: 3, stride: 2, expand: 2, channels: 16, repeats: 1 },
      ],
      headChannels: 16,
    },
    regions: { grid: 2 },
    attention: { layers: 1, heads: 2, feedForward: 32, dropout: 0.1 },
  },
  text: {
    bert: { layers: 1, hidden: 16, heads: 2, intermediate: 32, positions: 32, dropout: 0.1 },
    attention: { layers: 1, heads: 2, feedForward: 32, dropout: 0.1 },
  },
};

/** As MICRO, but nothing that depends on which samples go through the towers together: no dropout, batch norm frozen. */
export const FIXED = {
  ...MICRO,
  image: { ...MICRO.image, frozen: ['backbone'], attention: { ...MICRO.image.attention, dropout: 0 } },
  text: {
    ...MICRO.text,
    bert: { ...MICRO.text.bert, dropout: 0 },
    attention: { ...MICRO.text.attention, dropout: 0 },
  },
};
