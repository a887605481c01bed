import type { BertConfig } from './nn/bert.ts';
import type { EfficientNetConfig } from './nn/efficientnet-config.ts';
import type { RegionConfig } from './nn/roi-pooling.ts';
import type { SelfAttentionConfig } from './nn/self-attention.ts';

/** The two towers of BriVL as plain data (WenLan, arXiv 2103.06561, section 3.1). */
export interface BriVLConfig {
  /** Height and width of a picture in pixels. */
  side: number;
  /** Numbers in a feature. */
  dim: number;
  image: {
    backbone: EfficientNetConfig;
    regions: RegionConfig;
    attention: SelfAttentionConfig;
    /** Layers that aren't trained, by their names in the state dict: `backbone.blocks.0`. */
    frozen: string[];
  };
  text: {
    bert: BertConfig;
    /** Whether BERT leaves padding out of its attention. The released code lets tokens attend to it. */
    attentionMask: boolean;
    attention: SelfAttentionConfig;
    frozen: string[];
  };
  /**
   * What frozen layers do while the others train: `inference` uses running statistics and no dropout, so their output can be shared
   * and kept; `training` is what the released code does.
   */
  frozenLayers: 'inference' | 'training';
}
