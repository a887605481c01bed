import { tf } from '@wenlan/engine';
import type { BriVLConfig } from './brivl-config.ts';
import { bert } from './nn/bert.ts';
import { efficientNet } from './nn/efficientnet.ts';
import { type ForwardOptions, ForwardPass } from './nn/forward-pass.ts';
import { fusion } from './nn/fusion.ts';
import { attentionBias } from './nn/multi-head-attention.ts';
import { ParameterStore } from './nn/parameter-store.ts';
import { pointwise } from './nn/pointwise.ts';
import { type Boxes, gridBoxes, roiPooling } from './nn/roi-pooling.ts';
import { PARTS, type TowerKind, towerParameters } from './tower-parameters.ts';

export type { BriVLConfig } from './brivl-config.ts';
export type { ForwardOptions } from './nn/forward-pass.ts';
export { ParameterStore } from './nn/parameter-store.ts';
export type { Boxes } from './nn/roi-pooling.ts';
export type { TowerKind } from './tower-parameters.ts';

/** Of ImageNet, RGB. */
const PIXEL_MEAN = [0.485, 0.456, 0.406];
const PIXEL_DEVIATION = [0.229, 0.224, 0.225];

/** A tower with start values that depend on the seed and the parameters' names alone. */
export function createTower(
  config: BriVLConfig,
  kind: TowerKind,
  { vocabularySize, seed }: { vocabularySize: number; seed: number },
): ParameterStore {
  return ParameterStore.of(towerParameters(config, kind, vocabularySize), seed);
}

/**
 * The image tower (WenLan, arXiv 2103.06561, section 3.1): EfficientNet, RoI grid pooling, self-attention, masked mean, FC.
 * @param pixels [batch, side, side, 3], RGB 0..1
 * @param boxes of objects; without them the grid and the whole picture
 * @returns [batch, dim], not normalised
 */
export function encodeImage(
  config: BriVLConfig,
  store: ParameterStore,
  pixels: tf.Tensor4D,
  options: ForwardOptions,
  boxes?: Boxes,
): tf.Tensor2D {
  const { image, frozenLayers } = config;
  return tf.tidy(() => {
    const pass = new ForwardPass(store, options, frozenLayers === 'inference');
    const tokens = imageRegions(pass, config, pixels, boxes); // [batch, boxes, features]
    return fusion(pass, PARTS.imageFusion, tokens, boxes?.mask ?? null, image.attention);
  });
}

/**
 * The first half of the image tower: EfficientNet and RoI grid pooling.
 * @param pixels [batch, side, side, 3], RGB 0..1
 * @returns [batch, boxes, features]
 */
export function imageRegions(pass: ForwardPass, { side, image }: BriVLConfig, pixels: tf.Tensor4D, boxes?: Boxes): tf.Tensor3D {
  const [batch, height, width] = pixels.shape;
  if (height !== side || width !== side) {
    throw new Error(`encodeImage: pictures of ${height} × ${width} pixels, but the tower takes ${side} × ${side}`);
  }
  const normalised = tf.div(tf.sub(pixels, PIXEL_MEAN), PIXEL_DEVIATION) as tf.Tensor4D;
  const map = efficientNet(pass, PARTS.imageBackbone, normalised, image.backbone); // [batch, height, width, features]
  const corners = boxes?.corners ?? gridBoxes(image.regions.grid, side);
  const pooled = roiPooling(map, corners, side, image.regions); // [batch, boxes, features]
  const [, count, features] = pooled.shape;
  const regions = pointwise(pass, PARTS.regions, tf.reshape(pooled, [batch * count, features]));
  return tf.reshape(regions, [batch, count, features]) as tf.Tensor3D;
}

/**
 * The text tower: BERT, self-attention, masked mean, FC.
 * @param ids int32 [batch, tokens]
 * @param mask [batch, tokens], 1 on tokens, 0 on padding
 * @returns [batch, dim], not normalised
 */
export function encodeText(
  config: BriVLConfig,
  store: ParameterStore,
  ids: tf.Tensor2D,
  mask: tf.Tensor2D,
  options: ForwardOptions,
): tf.Tensor2D {
  const { text, frozenLayers } = config;
  const [batch, tokens] = ids.shape;
  return tf.tidy(() => {
    const pass = new ForwardPass(store, options, frozenLayers === 'inference');
    const bias = text.attentionMask ? attentionBias(mask) : null;
    const hidden = bert(pass, PARTS.textBackbone, ids, bias, text.bert); // [batch · tokens, features]
    const sequence = tf.reshape(hidden, [batch, tokens, text.bert.hidden]) as tf.Tensor3D;
    return fusion(pass, PARTS.textFusion, sequence, mask, text.attention);
  });
}
