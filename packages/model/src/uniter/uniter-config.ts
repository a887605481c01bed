import type { BertConfig } from '../nn/bert.ts';

/** UNITER (Chen et al., ECCV 2020) as data; pictures come through the image tower's backbone and its regions. */
export interface UniterConfig extends Omit<BertConfig, 'pooler'> {
  kind: 'uniter';
  /** Share of words that masked language modelling hides, and of regions that masked region regression hides. */
  maskedShare: number;
  /** Texts (and pictures) of the batch that the hardest negative of a pair is chosen from. */
  candidates: number;
}

/** As wide and as deep as the text tower of the preset `tiny` with its attention head. */
export const UNITER_TINY: UniterConfig = {
  kind: 'uniter',
  layers: 3,
  hidden: 128,
  heads: 4,
  intermediate: 256,
  positions: 64,
  dropout: 0,
  maskedShare: 0.15,
  candidates: 3,
};

/** As the text tower of the preset `small` with its attention head. */
export const UNITER_SMALL: UniterConfig = {
  ...UNITER_TINY,
  layers: 6,
  hidden: 512,
  heads: 8,
  intermediate: 2048,
  positions: 128,
  dropout: 0.1,
};
