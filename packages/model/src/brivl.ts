import { tf } from '@wenlan/engine';
import type { BriVLConfig } from './brivl-config.ts';
import { bert } from './nn/bert.ts';
import { frozenLayerCount } from './frozen-layers.ts';
import { efficientNet } from './nn/efficientnet.ts';
import { type ForwardOptions, ForwardPass } from './nn/forward-pass.ts';
import { fusion } from './nn/fusion.ts';
import type { LayerRange } from './nn/layer-range.ts';
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

/** A tower with start values that depend on the seed and the parameters' names alone; without a seed all zeros, to be loaded. */
export function createTower(
  config: BriVLConfig,
  kind: TowerKind,
  { vocabularySize, seed }: { vocabularySize: number; seed?: number },
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
  return tf.tidy(() => encodeFrozenImage(config, store, frozenImage(config, store, pixels), options, boxes));
}

/**
 * What the first layers of the image tower make of pictures that are frozen in inference mode: the same for the query and the key
 * tower. The normalised pixels where there are no such layers.
 * @param pixels [batch, side, side, 3], RGB 0..1
 * @returns [batch, height, width, channels]
 */
export function frozenImage(config: BriVLConfig, store: ParameterStore, pixels: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const pass = new ForwardPass(store, { training: false }, true);
    const to = frozenLayerCount(config, 'image');
    return efficientNet(pass, PARTS.imageBackbone, normalisePixels(config, pixels), config.image.backbone, { to });
  });
}

/**
 * The image tower from what {@link frozenImage} has made.
 * @param map [batch, height, width, channels]
 * @returns [batch, dim], not normalised
 */
export function encodeFrozenImage(
  config: BriVLConfig,
  store: ParameterStore,
  map: tf.Tensor4D,
  options: ForwardOptions,
  boxes?: Boxes,
): tf.Tensor2D {
  return tf.tidy(() => {
    const pass = new ForwardPass(store, options, config.frozenLayers === 'inference');
    const tokens = regionsOf(pass, config, map, frozenLayerCount(config, 'image'), boxes); // [batch, boxes, features]
    return fusion(pass, PARTS.imageFusion, tokens, boxes?.mask ?? null, config.image.attention);
  });
}

/**
 * The first half of the image tower: EfficientNet and RoI grid pooling.
 * @param pixels [batch, side, side, 3], RGB 0..1
 * @returns [batch, boxes, features]
 */
export function imageRegions(pass: ForwardPass, config: BriVLConfig, pixels: tf.Tensor4D, boxes?: Boxes): tf.Tensor3D {
  return regionsOf(pass, config, normalisePixels(config, pixels), 0, boxes);
}

function normalisePixels({ side }: BriVLConfig, pixels: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = pixels.shape;
  if (height !== side || width !== side) {
    throw new Error(`encodeImage: pictures of ${height} × ${width} pixels, but the tower takes ${side} × ${side}`);
  }
  return tf.div(tf.sub(pixels, PIXEL_MEAN), PIXEL_DEVIATION) as tf.Tensor4D;
}

/** From the map before EfficientNet's layer `from` to one vector a box. */
function regionsOf(
  pass: ForwardPass,
  { side, image }: BriVLConfig,
  input: tf.Tensor4D,
  from: number,
  boxes: Boxes | undefined,
): tf.Tensor3D {
  const map = efficientNet(pass, PARTS.imageBackbone, input, image.backbone, { from }); // [batch, height, width, features]
  const corners = boxes?.corners ?? gridBoxes(image.regions.grid, side);
  const pooled = roiPooling(map, corners, side, image.regions); // [batch, boxes, features]
  const [batch, count, features] = pooled.shape;
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
  return tf.tidy(() => encodeFrozenText(config, store, frozenText(config, store, ids, mask), mask, options));
}

/**
 * What the first layers of the text tower make of texts that are frozen in inference mode: the same for the query and the key tower,
 * and for the same text each time. The ids themselves where there are no such layers.
 * @param ids int32 [batch, tokens]
 * @param mask [batch, tokens]
 * @returns [batch · tokens, features], or ids
 */
export function frozenText(config: BriVLConfig, store: ParameterStore, ids: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const pass = new ForwardPass(store, { training: false }, true);
  return tf.tidy(() => textLayers(pass, config, ids, mask, { to: frozenLayerCount(config, 'text') }));
}

/**
 * The text tower from what {@link frozenText} has made.
 * @param hidden [batch · tokens, features], or ids
 * @param mask [batch, tokens]
 * @returns [batch, dim], not normalised
 */
export function encodeFrozenText(
  config: BriVLConfig,
  store: ParameterStore,
  hidden: tf.Tensor2D,
  mask: tf.Tensor2D,
  options: ForwardOptions,
): tf.Tensor2D {
  const { text, frozenLayers } = config;
  const [batch, tokens] = mask.shape;
  return tf.tidy(() => {
    const pass = new ForwardPass(store, options, frozenLayers === 'inference');
    const last = textLayers(pass, config, hidden, mask, { from: frozenLayerCount(config, 'text') }); // [batch · tokens, features]
    const sequence = tf.reshape(last, [batch, tokens, text.bert.hidden]) as tf.Tensor3D;
    return fusion(pass, PARTS.textFusion, sequence, mask, text.attention);
  });
}

function textLayers(
  pass: ForwardPass,
  { text }: BriVLConfig,
  x: tf.Tensor2D,
  mask: tf.Tensor2D,
  layers: LayerRange,
): tf.Tensor2D {
  const [batch, tokens] = mask.shape;
  const bias = text.attentionMask ? attentionBias(mask) : null;
  return bert(pass, PARTS.textBackbone, { x, bias, batch, tokens }, text.bert, layers);
}
