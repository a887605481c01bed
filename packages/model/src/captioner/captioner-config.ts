import type { BertConfig } from '../nn/bert.ts';

/** An autoregressive decoder on the regions of the image tower, as data. */
export interface CaptionerConfig extends Omit<BertConfig, 'pooler'> {
  kind: 'captioner';
  /** `frozen` leaves the image tower as it begins, so that captions tell how much its features say. */
  image: 'trained' | 'frozen';
}

export const CAPTIONER_TINY: CaptionerConfig = {
  kind: 'captioner',
  image: 'trained',
  layers: 2,
  hidden: 128,
  heads: 4,
  intermediate: 256,
  positions: 64,
  dropout: 0,
};

export const CAPTIONER_SMALL: CaptionerConfig = {
  ...CAPTIONER_TINY,
  layers: 4,
  hidden: 512,
  heads: 8,
  intermediate: 2048,
  positions: 128,
  dropout: 0.1,
};
