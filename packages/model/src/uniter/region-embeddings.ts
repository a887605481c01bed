import { tf } from '@wenlan/engine';
import type { ForwardPass } from '../nn/forward-pass.ts';
import { layerNorm, layerNormParameters } from '../nn/layer-norm.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import type { ParameterSpec } from '../nn/parameter-spec.ts';

/** x1 y1 x2 y2, width, height, area. */
const PLACE_NUMBERS = 7;
const EPSILON = 1e-12;

export function regionEmbeddingParameters(name: string, features: number, hidden: number): ParameterSpec[] {
  return [
    ...linearParameters(`${name}.features`, features, hidden),
    ...layerNormParameters(`${name}.features_norm`, hidden),
    ...linearParameters(`${name}.places`, PLACE_NUMBERS, hidden),
    ...layerNormParameters(`${name}.places_norm`, hidden),
    ...layerNormParameters(`${name}.norm`, hidden),
  ];
}

/**
 * The seven numbers of UNITER for where a region lies, as shares of the picture (Chen et al., ECCV 2020, section 3.1).
 * @param shares [batch, boxes, 4], x1 y1 x2 y2
 * @returns [batch, boxes, 7]
 */
export function placeNumbers(shares: tf.Tensor3D): tf.Tensor3D {
  const [left, top, right, bottom] = tf.split(shares, 4, 2) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const [width, height] = [tf.sub(right, left), tf.sub(bottom, top)];
  return tf.concat([shares, width, height, tf.mul(width, height)] as tf.Tensor3D[], 2);
}

/**
 * Regions as tokens of the stream: what they show and where they lie, each normed, and the segment of pictures.
 * @param regions [batch, boxes, features]
 * @param places [batch, boxes, 7]
 * @param segment [1, hidden], the embedding of segment 1
 * @returns [batch, boxes, hidden]
 */
export function regionEmbeddings(
  pass: ForwardPass,
  name: string,
  regions: tf.Tensor3D,
  places: tf.Tensor3D,
  segment: tf.Tensor2D,
): tf.Tensor3D {
  const [batch, boxes, features] = regions.shape;
  const shown = linear(pass, `${name}.features`, tf.reshape(regions, [batch * boxes, features]));
  const lie = linear(pass, `${name}.places`, tf.reshape(places, [batch * boxes, PLACE_NUMBERS]));
  const hidden = shown.shape[1];
  const what = tf.reshape(layerNorm(pass, `${name}.features_norm`, shown, EPSILON), [batch, boxes, hidden]);
  const where = tf.reshape(layerNorm(pass, `${name}.places_norm`, lie, EPSILON), [batch, boxes, hidden]);
  const sum = tf.reshape(tf.add(tf.add(what, where), segment), [batch * boxes, hidden]) as tf.Tensor2D;
  return tf.reshape(layerNorm(pass, `${name}.norm`, sum, EPSILON), [batch, boxes, hidden]);
}
