import type { BriVLConfig } from '../brivl-config.ts';
import { BRIVL_RELEASED, frozenBert } from './brivl-released.ts';
import { EFFICIENTNETS } from './efficientnets.ts';

/** The one-billion-parameter model of the paper (arXiv 2103.06561, section 4.1): EfficientNet-B7 and Chinese RoBERTa large. */
export const BRIVL_1_0: BriVLConfig = {
  ...BRIVL_RELEASED,
  dim: 2560,
  image: {
    ...BRIVL_RELEASED.image,
    backbone: { ...EFFICIENTNETS.b7, classes: 1000 },
    regions: { ...BRIVL_RELEASED.image.regions, alignment: 'exact' },
  },
  text: {
    ...BRIVL_RELEASED.text,
    bert: { layers: 24, hidden: 1024, heads: 16, intermediate: 4096, positions: 512, dropout: 0.1, pooler: true },
    attentionMask: true,
    frozen: frozenBert(20),
  },
  frozenLayers: 'inference',
};
