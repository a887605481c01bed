import { tf } from '@wenlan/engine';
import type { BriVLConfig } from '../brivl-config.ts';
import { bertBlock, type BertConfig, bertEmbeddings, bertParameters } from '../nn/bert.ts';
import { planEfficientNet } from '../nn/efficientnet-config.ts';
import type { ForwardPass } from '../nn/forward-pass.ts';
import type { ParameterSpec } from '../nn/parameter-spec.ts';
import { PARTS, towerParameters } from '../tower-parameters.ts';
import type { Regions } from './placed-regions.ts';
import { placeNumbers, regionEmbeddingParameters, regionEmbeddings } from './region-embeddings.ts';

const BERT = 'bert';
const REGIONS = 'regions';

/** The image tower up to its regions: without the attention and the FC that make one vector of them. */
export function regionTowerParameters(model: BriVLConfig): ParameterSpec[] {
  const { attention, fc } = PARTS.imageFusion;
  return towerParameters(model, 'image', 0).filter(({ name }) => !name.startsWith(`${attention}.`) && !name.startsWith(`${fc}.`));
}

/** Sizes of what the image tower hands on. */
export function regionShape({ image }: BriVLConfig): { boxes: number; features: number } {
  return { boxes: image.regions.grid ** 2 + 1, features: planEfficientNet(image.backbone).head };
}

/** A transformer over the tokens of a text and the regions of a picture. */
export function streamParameters(config: BertConfig, features: number, vocabularySize: number): ParameterSpec[] {
  return [...bertParameters(BERT, config, vocabularySize), ...regionEmbeddingParameters(REGIONS, features, config.hidden)];
}

export interface StreamInputs {
  ids: tf.Tensor2D; // int32 [batch, tokens]
  regions: Regions;
  /** Which places may attend to which. */
  bias: tf.Tensor4D; // [batch or 1, 1, tokens + boxes or 1, tokens + boxes]
}

/**
 * Text first, then regions, through one transformer (UNITER, Chen et al., ECCV 2020, figure 1).
 * @returns [batch · (tokens + boxes), hidden]
 */
export function singleStream(pass: ForwardPass, inputs: StreamInputs, config: BertConfig): tf.Tensor2D {
  const { ids, regions, bias } = inputs;
  const [batch, words] = ids.shape;
  const { hidden, layers } = config;
  const text = tf.reshape(bertEmbeddings(pass, `${BERT}.embeddings`, ids, config), [batch, words, hidden]) as tf.Tensor3D;
  const segment = tf.slice(pass.get<tf.Tensor2D>(`${BERT}.embeddings.token_type_embeddings.weight`), [1, 0], [1, hidden]);
  const picture = regionEmbeddings(pass, REGIONS, regions.features, placeNumbers(regions.shares), segment); // [batch, boxes, hidden]
  const tokens = words + picture.shape[1];
  let x = tf.reshape(tf.concat([text, picture], 1), [batch * tokens, hidden]) as tf.Tensor2D;
  for (let layer = 0; layer < layers; layer++) {
    x = bertBlock(pass, `${BERT}.encoder.layer.${layer}`, { x, bias, batch, tokens }, config);
  }
  return x;
}

/** The table of word embeddings, [vocabulary, hidden], which the heads that name words share. */
export function wordTable(pass: ForwardPass): tf.Tensor2D {
  return pass.get<tf.Tensor2D>(`${BERT}.embeddings.word_embeddings.weight`);
}
